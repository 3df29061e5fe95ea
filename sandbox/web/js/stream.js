/*
 * The server's stream of events. When it breaks it is opened again. Each time it opens `onOpen` lets the page fetch what
 * happened while it was not listening: also the first time, between drawing the page and opening the stream.
 */

const FIRST_WAIT = 500;
const LONGEST_WAIT = 8000;

/**
 * Listens to `/sandbox/api/<path>` until the page is left. `onEvent` gets each event's data and name (one of `names`, or
 * "message"), `onState` "live" or "lost".
 */
export function listen(path, { names = ["message"], onEvent, onOpen, onState }) {
  let wait = FIRST_WAIT;
  const open = () => {
    const source = new EventSource(`/sandbox/api/${path}`);
    source.onopen = () => {
      wait = FIRST_WAIT;
      onState("live");
      onOpen();
    };
    for (const name of names) source.addEventListener(name, (event) => onEvent(JSON.parse(event.data), name));
    source.onerror = () => {
      source.close();
      onState("lost");
      setTimeout(open, wait);
      wait = Math.min(wait * 2, LONGEST_WAIT);
    };
    window.addEventListener("pagehide", () => source.close(), { once: true });
  };
  open();
}
