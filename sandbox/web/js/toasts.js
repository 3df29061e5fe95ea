import { el } from "./dom.js";
import { icon } from "./icons.js";

const SHOWN_FOR = { trouble: 12000, notice: 6000 };
const AT_MOST = 4;

const box = el("div", { class: "toasts", role: "region", "aria-label": "Notices" });
const voice = el("div", { class: "spoken", "aria-live": "assertive" });

/* An open dialog makes the rest of the page inert, so a new notice moves them into the topmost one. */
function host() {
  const dialogs = [...document.querySelectorAll("dialog[open]")];
  return dialogs.at(-1) || document.body;
}

function settle() {
  if (box.isConnected && box.parentElement !== host()) host().append(box, voice);
}

/**
 * Shows a notice and reads it aloud. `kind` is "trouble" or "notice"; `code` is the machine's word for it, in small print.
 * The notice goes away by itself unless the pointer or the focus is on it.
 */
export function toast(title, words, { kind = "trouble", code = null } = {}) {
  host().append(box, voice);
  const close = el("button", { type: "button", class: "icon-button", "aria-label": "Dismiss" }, icon("close"));
  const node = el(
    "div",
    { class: `toast toast-${kind}` },
    icon(kind === "trouble" ? "warning" : "info"),
    el(
      "div",
      { class: "toast-words" },
      el("strong", {}, title),
      words,
      code ? el("div", { class: "toast-code" }, code) : null,
    ),
    close,
  );
  close.addEventListener("click", () => node.remove());
  box.append(node);
  while (box.childElementCount > AT_MOST) box.firstElementChild.remove();
  voice.textContent = `${title}. ${words}`;
  const expire = () => (node.matches(":hover, :focus-within") ? setTimeout(expire, 2000) : node.remove());
  setTimeout(expire, SHOWN_FOR[kind]);
}

document.addEventListener("close", settle, true);
