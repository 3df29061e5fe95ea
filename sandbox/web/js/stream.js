/*
 * The server's stream of events. When it breaks it is opened again, and `onReconnect` lets the page fetch what it missed.
 */

const FIRST_WAIT = 500;
const LONGEST_WAIT = 8000;

/**
 * Listens to `/sandbox/api/<path>` until the page is left. `onEvent` gets each event's data and name (one of `names`, or
 * "message"), `onState` "live" or "lost".
 */
export function listen(path, { names = ["message"], onEvent, onReconnect, onState }) {
  let wait = FIRST_WAIT;
  let wasLost = false;
  const open = () => {
    const source = new EventSource(`/sandbox/api/${path}`);
    source.onopen = () => {
      wait = FIRST_WAIT;
      onState("live");
      if (wasLost) onReconnect();
      wasLost = false;
    };
    for (const name of names) source.addEventListener(name, (event) => onEvent(JSON.parse(event.data), name));
    source.onerror = () => {
      source.close();
      wasLost = true;
      onState("lost");
      setTimeout(open, wait);
      wait = Math.min(wait * 2, LONGEST_WAIT);
    };
    window.addEventListener("pagehide", () => source.close(), { once: true });
  };
  open();
}
