import { el, fill, freshId } from "../dom.js";
import { icon } from "../icons.js";

/**
 * The list under a combobox. Focus stays in the field; the active option is told by aria-activedescendant. `onPick` is
 * called with the choice that was clicked or entered.
 */
export class Listbox {
  constructor(field, { label, isMulti, onPick }) {
    this.field = field;
    this.onPick = onPick;
    this.box = el("div", {
      class: "listbox",
      role: "listbox",
      id: freshId("listbox"),
      "aria-label": label,
      "aria-multiselectable": isMulti ? "true" : null,
    });
    this.options = [];
    this.active = -1;
    field.setAttribute("aria-controls", this.box.id);
  }

  /** Shows the groups, the chosen values ticked; `note` stands where nothing can be chosen. */
  show(groups, chosen, note) {
    this.options = [];
    const nodes = groups.map((group) => this.#group(group, chosen));
    fill(
      this.box,
      nodes.length ? nodes : el("div", { class: "listbox-note", role: "presentation" }, note || "Nothing found"),
    );
    const selected = this.options.findIndex((one) => chosen.includes(one.choice.value));
    this.activate(Math.max(selected, this.options.length ? 0 : -1));
  }

  #group(group, chosen) {
    const options = group.choices.map((choice) => this.#option(choice, chosen));
    if (!group.label) return options;
    const heading = el("div", { class: "listbox-group", id: freshId("group"), role: "presentation" }, group.label);
    return el("div", { role: "group", "aria-labelledby": heading.id }, heading, options);
  }

  #option(choice, chosen) {
    const isChosen = chosen.includes(choice.value);
    const node = el(
      "div",
      {
        class: "option",
        role: "option",
        id: freshId("option"),
        "aria-selected": isChosen ? "true" : "false",
        data: { value: choice.value },
      },
      el("span", { class: "option-tick" }, isChosen ? icon("check") : null),
      el(
        "span",
        { class: "option-words" },
        el("span", {}, choice.label),
        choice.description ? el("span", { class: "option-description" }, choice.description) : null,
      ),
    );
    const position = this.options.length;
    node.addEventListener("pointermove", () => this.activate(position, { scroll: false }));
    node.addEventListener("pointerdown", (event) => event.preventDefault());
    node.addEventListener("click", () => this.onPick(choice));
    this.options.push({ node, choice });
    return node;
  }

  /** Makes the option at `position` the active one; -1 for none. */
  activate(position, { scroll = true } = {}) {
    if (this.options[this.active]) this.options[this.active].node.classList.remove("option-active");
    this.active = position;
    const option = this.options[position];
    if (!option) {
      this.field.removeAttribute("aria-activedescendant");
      return;
    }
    option.node.classList.add("option-active");
    this.field.setAttribute("aria-activedescendant", option.node.id);
    if (scroll) option.node.scrollIntoView({ block: "nearest" });
  }

  /** Moves by `step`, round the ends. */
  move(step) {
    const count = this.options.length;
    if (count) this.activate((this.active + step + count) % count);
  }

  /** Picks the active option; false when there is none. */
  pickActive() {
    const option = this.options[this.active];
    if (!option) return false;
    this.onPick(option.choice);
    return true;
  }
}
