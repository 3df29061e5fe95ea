import { debounced, el } from "../dom.js";
import { icon } from "../icons.js";
import { Popup } from "../popup.js";
import { Listbox } from "./listbox.js";
import { choicesFor } from "./select_sources.js";

const KEYS = {
  ArrowDown: (box) => (box.popup.isOpen ? box.list.move(1) : box.open()),
  ArrowUp: (box) => (box.popup.isOpen ? box.list.move(-1) : box.open()),
  Enter: (box) => (box.popup.isOpen ? box.list.pickActive() : box.open()),
  Escape: (box) => box.popup.isOpen && box.popup.close(),
};

/**
 * A field that opens a list of choices and narrows it while the reader types. What is chosen and
 * what a pick does come in as functions: `chosen()` gives values, `onPick(choice)` and `onClose()` act on them.
 */
export class Combobox {
  constructor(element, slot, { chosen, onPick, onClose, label }) {
    this.element = element;
    this.slot = slot;
    this.query = "";
    this.chosen = chosen;
    this.isExternal = element.type.includes("external_select");
    this.field = el("input", {
      class: "select-field",
      type: "text",
      role: "combobox",
      autocomplete: "off",
      spellcheck: "false",
      "aria-expanded": "false",
      "aria-autocomplete": "list",
      ...slot.attributes(),
    });
    if (!slot.labelledBy && !slot.label) this.field.setAttribute("aria-label", label);
    this.list = new Listbox(this.field, { label, isMulti: element.type.startsWith("multi_"), onPick });
    this.frame = el("div", { class: "select-frame" }, this.field, icon("down"));
    this.node = el("div", { class: "select" }, this.frame, this.list.box);
    this.popup = new Popup(this.list.box, this.frame, () => {
      this.field.setAttribute("aria-expanded", "false");
      this.field.removeAttribute("aria-activedescendant");
      onClose();
    });
    this.loadSoon = debounced(() => this.load(), 200);
    this.#listen();
  }

  #listen() {
    const { field } = this;
    this.frame.addEventListener("click", () => {
      field.focus();
      this.open();
    });
    field.addEventListener("input", () => {
      if (!this.popup.isOpen) {
        this.open(field.value);
        return;
      }
      this.query = field.value;
      if (this.isExternal) this.loadSoon();
      else this.load();
    });
    field.addEventListener("blur", () => this.popup.close());
    field.addEventListener("keydown", (event) => this.#onKey(event));
  }

  #onKey(event) {
    if (event.isComposing) return;
    const act = KEYS[event.key];
    const isOpenKey = event.key.startsWith("Arrow") || event.key === "Enter";
    if (!act || (!this.popup.isOpen && !isOpenKey)) return;
    event.preventDefault();
    event.stopPropagation();
    act(this);
  }

  /** Opens the list with the choices that fit `query`: all of them, unless the reader has begun to type. */
  open(query = "") {
    if (this.popup.isOpen || document.activeElement !== this.field) return;
    this.query = query;
    this.list.show([], [], "Loading…");
    this.popup.open();
    this.field.setAttribute("aria-expanded", "true");
    this.load();
  }

  /** Fetches what fits the text typed so far; an answer that comes late for an older text is dropped. */
  async load() {
    const { query } = this;
    const { groups, note } = await choicesFor(this.element, this.slot, query);
    if (query !== this.query || !this.popup.isOpen) return;
    this.list.show(groups, this.chosen(), note);
    this.popup.place();
  }
}
