import { el, freshId } from "../dom.js";
import { drawElement } from "../elements/element.js";
import { Slot } from "../elements/slot.js";
import { icon } from "../icons.js";
import { markdown } from "../text/markdown.js";
import { drawText, wordsOf } from "../text/text_object.js";
import { drawPicture } from "./media.js";

/* In a message a section longer than this is folded, unless its author set `expand`; nothing is cut, only hidden. */
const FOLDED_CHARACTERS = 1200;

/** A section: text, fields in two columns, and an accessory beside or below them. */
export function drawSection(block, surface) {
  const text =
    block.text && el("div", { class: "section-text", id: freshId("section") }, drawText(block.text, surface.directory));
  const fields =
    block.fields &&
    el(
      "div",
      { class: "fields" },
      block.fields.map((field) => el("div", { class: "field" }, drawText(field, surface.directory))),
    );
  const folded = text && surface.kind === "message" && !block.expand ? foldIfLong(text) : text;
  const body = el("div", { class: "section-body" }, folded, fields);
  if (!block.accessory) return el("div", { class: "section" }, body);
  const { accessory } = block;
  const isWide = ["checkboxes", "radio_buttons"].includes(accessory.type);
  const node =
    accessory.type === "image"
      ? drawPicture(accessory, "accessory-image")
      : drawAccessory(block, accessory, surface, text);
  return el(
    "div",
    { class: `section ${isWide ? "section-stacked" : "section-beside"}` },
    body,
    el("div", { class: "accessory" }, node),
  );
}

function drawAccessory(block, accessory, surface, text) {
  const isNamedByText = text && !["button", "workflow_button", "overflow"].includes(accessory.type);
  const slot = new Slot(surface, block, accessory, {
    dispatches: true,
    labelledBy: isNamedByText ? text.id : null,
    describedBy: text && !isNamedByText ? text.id : null,
    label: wordsOf(accessory.placeholder, surface.directory) || null,
  });
  return drawElement(accessory, slot);
}

function foldIfLong(text) {
  if (text.textContent.length <= FOLDED_CHARACTERS) return text;
  text.classList.add("folded");
  const more = el(
    "button",
    { type: "button", class: "text-button", "aria-expanded": "false", "aria-controls": text.id },
    "Show more",
  );
  more.addEventListener("click", () => {
    const isFolded = text.classList.toggle("folded");
    more.setAttribute("aria-expanded", String(!isFolded));
    more.textContent = isFolded ? "Show more" : "Show less";
  });
  return el("div", {}, text, more);
}

/** A large title. */
export function drawHeader(block, surface) {
  return el("h3", { class: "block-header" }, drawText(block.text, surface.directory));
}

/** A rule between blocks. */
export function drawDivider() {
  return el("hr", { class: "divider" });
}

/** Small print: texts and pictures in a row. */
export function drawContext(block, surface) {
  const parts = (block.elements || []).map((part) =>
    part.type === "image"
      ? drawPicture(part, "context-image")
      : el("span", { class: "context-text" }, drawText(part, surface.directory)),
  );
  return el("div", { class: "context" }, parts);
}

/** A row of interactive elements, each reported at once. */
export function drawActions(block, surface) {
  const elements = (block.elements || []).map((element, index) => {
    const label = wordsOf(element.placeholder, surface.directory) || null;
    return drawElement(element, new Slot(surface, block, element, { dispatches: true, label, index }));
  });
  return el("div", { class: "actions" }, elements);
}

const LEVELS = {
  default: { icon: "info", word: "Note" },
  info: { icon: "info", word: "Information" },
  success: { icon: "check", word: "Success" },
  warning: { icon: "warning", word: "Warning" },
  error: { icon: "warning", word: "Error" },
};

/** A notice whose level is told by an icon and a word as well as by colour. */
export function drawAlert(block, surface) {
  const name = LEVELS[block.level] ? block.level : "default";
  const level = LEVELS[name];
  return el(
    "div",
    { class: `alert alert-${name}`, role: "note", "aria-label": level.word },
    icon(level.icon),
    el("div", {}, drawText(block.text, surface.directory)),
  );
}

/** Standard Markdown, as the `markdown` block draws it. */
export function drawMarkdown(block, surface) {
  return el("div", { class: "markdown" }, markdown(block.text || "", surface.directory));
}
