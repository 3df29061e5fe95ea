import { el, freshId } from "../dom.js";
import { drawElement } from "../elements/element.js";
import { Slot } from "../elements/slot.js";
import { icon } from "../icons.js";
import { drawText } from "../text/text_object.js";

/** A labelled field of a form, with its hint and, when the app refused the value, the app's sentence. */
export function drawInput(block, surface, error) {
  const isRequired = block.optional !== true;
  const label = el(
    "div",
    { class: "input-label", id: freshId("label") },
    drawText(block.label, surface.directory),
    isRequired ? null : el("span", { class: "input-optional" }, " (optional)"),
  );
  const hint =
    block.hint && el("div", { class: "input-hint", id: freshId("hint") }, drawText(block.hint, surface.directory));
  const complaint = error && el("div", { class: "input-error", id: freshId("error") }, icon("warning"), error);
  const describedBy = [complaint, hint]
    .filter(Boolean)
    .map((node) => node.id)
    .join(" ");
  const slot = new Slot(surface, block, block.element, {
    dispatches: block.dispatch_action === true,
    labelledBy: label.id,
    describedBy: describedBy || null,
    isRequired,
    isInvalid: Boolean(error),
  });
  const control = drawElement(block.element, slot);
  label.addEventListener("click", () => control.querySelector("input, textarea")?.focus());
  return el("div", { class: `input-block${error ? " input-block-invalid" : ""}` }, label, control, complaint, hint);
}
