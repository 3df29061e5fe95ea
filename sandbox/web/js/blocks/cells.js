import { el } from "../dom.js";
import { drawRichText } from "./rich_text.js";

/** The node for one cell of a table or data_table: raw_text, raw_number or rich_text. */
export function drawCell(cell, directory) {
  if (!cell) return document.createTextNode("");
  if (cell.type === "rich_text") return drawRichText(cell, directory);
  if (cell.type === "raw_text" || cell.type === "raw_number")
    return document.createTextNode(cell.text ?? String(cell.value ?? ""));
  return el("span", { class: "cannot-draw" }, `Cannot draw ${cell.type}`);
}

/** The words of a cell, for filtering and sorting. */
export function wordsOfCell(cell, directory) {
  return el("div", {}, drawCell(cell, directory)).textContent;
}
