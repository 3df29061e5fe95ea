import { el } from "../dom.js";
import { drawButton } from "./button.js";
import { drawCheckboxes, drawRadioButtons } from "./choices.js";
import { drawOverflow } from "./overflow.js";
import { drawDatePicker, drawDateTimePicker, drawTimePicker } from "./pickers.js";
import { drawMultiSelect, drawSelect } from "./select.js";
import { drawTextInput } from "./text_input.js";

const ELEMENTS = {
  button: drawButton,
  workflow_button: drawButton,
  checkboxes: drawCheckboxes,
  radio_buttons: drawRadioButtons,
  overflow: drawOverflow,
  datepicker: drawDatePicker,
  timepicker: drawTimePicker,
  datetimepicker: drawDateTimePicker,
  plain_text_input: drawTextInput,
  email_text_input: drawTextInput,
  url_text_input: drawTextInput,
  number_input: drawTextInput,
  static_select: drawSelect,
  external_select: drawSelect,
  users_select: drawSelect,
  conversations_select: drawSelect,
  channels_select: drawSelect,
  multi_static_select: drawMultiSelect,
  multi_external_select: drawMultiSelect,
  multi_users_select: drawMultiSelect,
  multi_conversations_select: drawMultiSelect,
  multi_channels_select: drawMultiSelect,
};

/**
 * The control for an interactive element, or a visible note for a kind that is not drawn here.
 * `slot` (see slot.js) is the element's place on its surface.
 */
export function drawElement(element, slot) {
  const draw = ELEMENTS[element.type];
  if (!draw) return el("span", { class: "cannot-draw" }, `Cannot draw the element “${element.type}”`);
  return draw(element, slot);
}
