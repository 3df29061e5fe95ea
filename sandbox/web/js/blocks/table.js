import { el } from "../dom.js";
import { drawCell } from "./cells.js";

function cellClass(settings) {
  const align = settings && ["center", "right"].includes(settings.align) ? `cell-${settings.align}` : "";
  return `${align} ${settings && settings.is_wrapped ? "cell-wrapped" : ""}`.trim() || null;
}

/** A plain table; its first row is the header. A wide one scrolls by itself and can be reached with the keyboard. */
export function drawTable(block, surface) {
  const [header = [], ...rows] = block.rows || [];
  const settings = block.column_settings || [];
  const head = el(
    "tr",
    {},
    header.map((cell, index) =>
      el("th", { scope: "col", class: cellClass(settings[index]) }, drawCell(cell, surface.directory)),
    ),
  );
  const body = rows.map((row) =>
    el(
      "tr",
      {},
      row.map((cell, index) => el("td", { class: cellClass(settings[index]) }, drawCell(cell, surface.directory))),
    ),
  );
  const table = el("table", { class: "table" }, el("thead", {}, head), el("tbody", {}, body));
  return el("div", { class: "table-scroll", tabindex: "0", role: "region", "aria-label": "Table" }, table);
}
