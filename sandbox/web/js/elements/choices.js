import { el, freshId } from "../dom.js";
import { drawText } from "../text/text_object.js";

function sameOption(a, b) {
  return a && b && a.value === b.value;
}

function drawOption(option, slot, { type, name, isChosen, isFirst, onChange }) {
  const input = el("input", { type, name, checked: isChosen, value: option.value });
  Object.assign(input.dataset, slot.focusKey(option.value));
  const description =
    option.description &&
    el(
      "span",
      { class: "choice-description", id: freshId("hint") },
      drawText(option.description, slot.surface.directory),
    );
  if (description) input.setAttribute("aria-describedby", description.id);
  if (isFirst && slot.isRequired) input.setAttribute("aria-required", "true");
  input.addEventListener("change", onChange);
  const words = el(
    "span",
    { class: "choice-words" },
    el("span", { class: "choice-text" }, drawText(option.text, slot.surface.directory)),
    description,
  );
  return el("label", { class: "choice" }, input, words);
}

/* Plain fieldset semantics by ARIA: the block's own label already stands above the group. */
function group(slot, role, children) {
  const { data, ...labels } = slot.attributes();
  return el("div", { class: "choices", role, ...labels, data }, children);
}

/** A group of checkboxes; several may be ticked. */
export function drawCheckboxes(element, slot) {
  const chosen = slot.value.selected_options;
  const boxes = (element.options || []).map((option, index) =>
    drawOption(option, slot, {
      type: "checkbox",
      name: null,
      isChosen: chosen.some((one) => sameOption(one, option)),
      isFirst: index === 0,
      onChange: (event) => tick(event.target, option),
    }),
  );
  async function tick(input, option) {
    const others = slot.value.selected_options.filter((one) => !sameOption(one, option));
    const inOrder = element.options.filter(
      (one) => others.some((other) => sameOption(other, one)) || (input.checked && sameOption(one, option)),
    );
    if (!(await slot.enter({ selected_options: inOrder }))) input.checked = !input.checked;
  }
  return group(slot, "group", boxes);
}

/** A group of radio buttons; one may be chosen. */
export function drawRadioButtons(element, slot) {
  const name = freshId("radio");
  const inputs = (element.options || []).map((option, index) =>
    drawOption(option, slot, {
      type: "radio",
      name,
      isChosen: sameOption(slot.value.selected_option, option),
      isFirst: index === 0,
      onChange: (event) => choose(event.target, option),
    }),
  );
  const box = group(slot, "radiogroup", inputs);
  async function choose(input, option) {
    const before = slot.value.selected_option;
    if (await slot.enter({ selected_option: option })) return;
    for (const radio of box.querySelectorAll("input")) radio.checked = Boolean(before) && radio.value === before.value;
  }
  return box;
}
