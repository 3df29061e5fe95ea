import { el, freshId } from "./dom.js";
import { Popup } from "./popup.js";

/**
 * A button that opens a menu. `items` are `{ node, run, href }`; an item with `href` is a link. Arrow keys move, Escape and
 * Tab close, and focus goes back to the button.
 */
export function menuButton(button, items, label) {
  const box = el("div", { class: "menu", role: "menu", id: freshId("menu"), "aria-label": label });
  const entries = items.map((item) => entry(item, () => popup.close()));
  box.append(...entries);
  button.setAttribute("aria-haspopup", "menu");
  button.setAttribute("aria-expanded", "false");
  const popup = new Popup(box, button, () => button.setAttribute("aria-expanded", "false"));
  const open = (position) => {
    popup.open();
    button.setAttribute("aria-expanded", "true");
    entries.at(position)?.focus();
  };
  button.addEventListener("click", () => (popup.isOpen ? popup.close() : open(0)));
  button.addEventListener("keydown", (event) => {
    if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
    event.preventDefault();
    open(event.key === "ArrowDown" ? 0 : -1);
  });
  box.addEventListener("keydown", (event) =>
    onKey(event, entries, () => {
      popup.close();
      button.focus();
    }),
  );
  return el("span", { class: "menu-holder" }, button, box);
}

function entry(item, close) {
  const node = item.href
    ? el(
        "a",
        {
          class: "menu-item",
          role: "menuitem",
          tabindex: "-1",
          href: item.href,
          target: "_blank",
          rel: "noopener noreferrer",
        },
        item.node,
      )
    : el("button", { class: "menu-item", role: "menuitem", tabindex: "-1", type: "button" }, item.node);
  node.addEventListener("click", () => {
    close();
    if (item.run) item.run();
  });
  return node;
}

function onKey(event, entries, leave) {
  const at = entries.indexOf(document.activeElement);
  const step = { ArrowDown: at + 1, ArrowUp: at - 1 + entries.length, Home: 0, End: entries.length - 1 }[event.key];
  if (step !== undefined) {
    event.preventDefault();
    entries[step % entries.length].focus();
  } else if (event.key === "Escape" || event.key === "Tab") {
    event.preventDefault();
    event.stopPropagation();
    leave();
  }
}
