import { el, freshId } from "../dom.js";

/**
 * A row of tabs over their panels. `tabs` are `{ id, label, panel }`; arrow keys move between them. Gives the node, and
 * `choose(id)` to show one and `mark(id, text)` to put a count beside its label.
 */
export function tabbed(label, tabs) {
  const parts = tabs.map((tab) => {
    const count = el("span", { class: "tab-count" });
    const button = el("button", { type: "button", class: "tab", role: "tab", id: freshId("tab") }, tab.label, count);
    tab.panel.setAttribute("role", "tabpanel");
    tab.panel.setAttribute("aria-labelledby", button.id);
    tab.panel.tabIndex = 0;
    return { ...tab, button, count };
  });
  const choose = (id) => {
    for (const part of parts) {
      const isChosen = part.id === id;
      part.button.setAttribute("aria-selected", String(isChosen));
      part.button.tabIndex = isChosen ? 0 : -1;
      part.panel.hidden = !isChosen;
    }
  };
  const row = el(
    "div",
    { class: "tabs", role: "tablist", "aria-label": label },
    parts.map((part) => part.button),
  );
  row.addEventListener("click", (event) => {
    const part = parts.find((one) => one.button.contains(event.target));
    if (part) choose(part.id);
  });
  row.addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    const at = parts.findIndex((part) => part.button === document.activeElement);
    const next = parts[(at + step + parts.length) % parts.length];
    choose(next.id);
    next.button.focus();
  });
  choose(parts[0].id);
  return {
    node: el(
      "div",
      { class: "tabbed" },
      row,
      parts.map((part) => part.panel),
    ),
    choose,
    mark: (id, text) => {
      parts.find((part) => part.id === id).count.textContent = text;
    },
  };
}
