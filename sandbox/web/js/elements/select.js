import { el, fill } from "../dom.js";
import { icon } from "../icons.js";
import { wordsOf } from "../text/text_object.js";
import { Combobox } from "./combobox.js";
import { chosenIn, valueOf } from "./select_sources.js";

function placeholderOf(element, slot, fallback) {
  return wordsOf(element.placeholder, slot.surface.directory) || fallback;
}

/** A menu for one choice. */
export function drawSelect(element, slot) {
  const placeholder = placeholderOf(element, slot, "Choose one");
  const box = new Combobox(element, slot, {
    label: placeholder,
    chosen: () => chosenIn(element, slot).map((one) => one.value),
    onClose: show,
    onPick: async (choice) => {
      const isNew = choice.value !== chosenIn(element, slot)[0]?.value;
      const entering = isNew ? slot.enter(valueOf(element, [choice])) : true;
      box.popup.close();
      if (!(await entering)) show();
    },
  });
  box.field.placeholder = placeholder;
  function show() {
    box.field.value = chosenIn(element, slot)[0]?.label ?? "";
  }
  box.field.addEventListener("focus", () => box.field.select());
  show();
  return box.node;
}

/** A menu for several choices, each shown as a chip that takes it away again. What changed is reported when it closes. */
export function drawMultiSelect(element, slot) {
  const placeholder = placeholderOf(element, slot, "Choose");
  const limit = element.max_selected_items || Infinity;
  const chips = el("span", { class: "chips" });
  let atOpen = null;
  const values = () => chosenIn(element, slot).map((one) => one.value);
  const box = new Combobox(element, slot, {
    label: placeholder,
    chosen: values,
    onPick: (choice) => {
      const now = chosenIn(element, slot);
      const rest = now.filter((one) => one.value !== choice.value);
      if (rest.length === now.length && now.length >= limit) return;
      keep(rest.length === now.length ? [...now, choice] : rest);
      box.field.value = "";
      box.query = "";
      box.load();
    },
    onClose: () => {
      box.field.value = "";
      const before = atOpen;
      atOpen = null;
      if (before !== null && before !== JSON.stringify(values())) report();
    },
  });
  const report = () => slot.dispatches && slot.send(valueOf(element, chosenIn(element, slot)));
  function keep(choices) {
    slot.record(valueOf(element, choices));
    show();
    box.popup.place();
  }
  function take(choice) {
    keep(chosenIn(element, slot).filter((one) => one.value !== choice.value));
    box.field.focus();
    if (!box.popup.isOpen) report();
  }
  function show() {
    fill(
      chips,
      chosenIn(element, slot).map((choice) => chip(choice, take)),
    );
    box.field.placeholder = chips.childElementCount ? "" : placeholder;
  }
  box.field.addEventListener("focus", () => {
    if (atOpen === null) atOpen = JSON.stringify(values());
  });
  box.field.addEventListener("keydown", (event) => {
    const last = chosenIn(element, slot).at(-1);
    if (event.key === "Backspace" && box.field.value === "" && last) take(last);
  });
  box.frame.prepend(chips);
  box.frame.classList.add("select-frame-multi");
  show();
  return box.node;
}

function chip(choice, take) {
  const remove = el(
    "button",
    { type: "button", class: "chip-remove", "aria-label": `Remove ${choice.label}` },
    icon("close"),
  );
  remove.addEventListener("click", (event) => {
    event.stopPropagation();
    take(choice);
  });
  return el("span", { class: "chip" }, choice.label, remove);
}
