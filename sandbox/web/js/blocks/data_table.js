/*
 * The data_table block: rows that the reader sorts by a column, narrows by a word and turns by pages, all in the page.
 * A column of numbers sorts by number, any other by its words.
 */

import { el, fill, freshId } from "../dom.js";
import { icon } from "../icons.js";
import { drawCell, wordsOfCell } from "./cells.js";

const ROWS_WITHOUT_FILTER = 8;

class DataTable {
  constructor(block, directory) {
    const [header = [], ...rows] = block.rows || [];
    this.directory = directory;
    this.header = header;
    this.rows = rows.map((cells) => ({ cells, words: cells.map((cell) => wordsOfCell(cell, directory)) }));
    this.caption = block.caption || "Table";
    this.pageSize = block.page_size || 5;
    this.rowHeader = block.row_header_column_index ?? 0;
    this.sort = { column: null, isDescending: false };
    this.filter = "";
    this.page = 0;
    this.sortButtons = header.map((cell, column) => this.#sortButton(cell, column));
    this.columnHeads = this.sortButtons.map((button, column) =>
      el("th", { scope: "col", class: this.#isNumeric(column) ? "cell-right" : null }, button),
    );
    this.body = el("tbody");
    this.status = el("span", { class: "quiet", role: "status" });
    this.previous = this.#pageButton("Previous", -1);
    this.next = this.#pageButton("Next", 1);
  }

  #sortButton(cell, column) {
    const button = el("button", { type: "button", class: "sort-button" }, drawCell(cell, this.directory), icon("sort"));
    button.addEventListener("click", () => {
      const isSame = this.sort.column === column;
      this.sort = { column, isDescending: isSame && !this.sort.isDescending };
      this.page = 0;
      this.show();
    });
    return button;
  }

  #pageButton(words, step) {
    const button = el("button", { type: "button", class: "button button-small" }, words);
    button.addEventListener("click", () => {
      this.page += step;
      this.show();
    });
    return button;
  }

  #isNumeric(column) {
    return this.rows.every((row) => row.cells[column]?.type === "raw_number");
  }

  #found() {
    const wanted = this.filter.trim().toLowerCase();
    const rows = wanted
      ? this.rows.filter((row) => row.words.some((words) => words.toLowerCase().includes(wanted)))
      : [...this.rows];
    const { column, isDescending } = this.sort;
    if (column === null) return rows;
    const order = this.#isNumeric(column)
      ? (a, b) => a.cells[column].value - b.cells[column].value
      : (a, b) => a.words[column].localeCompare(b.words[column], "en", { numeric: true });
    return rows.sort((a, b) => (isDescending ? order(b, a) : order(a, b)));
  }

  /** Brings what is shown in line with the sort, the filter and the page. */
  show() {
    const found = this.#found();
    const pages = Math.max(1, Math.ceil(found.length / this.pageSize));
    this.page = Math.min(Math.max(this.page, 0), pages - 1);
    const from = this.page * this.pageSize;
    const shown = found.slice(from, from + this.pageSize);
    fill(
      this.body,
      shown.map((row) => this.#row(row)),
    );
    const count = found.length === 1 ? "1 row" : `${found.length} rows`;
    this.status.textContent = found.length ? `${from + 1}–${from + shown.length} of ${count}` : "No row fits";
    this.previous.disabled = this.page === 0;
    this.next.disabled = this.page === pages - 1;
    this.columnHeads.forEach((head, column) => {
      const isSorted = this.sort.column === column;
      head.setAttribute("aria-sort", isSorted ? (this.sort.isDescending ? "descending" : "ascending") : "none");
    });
  }

  #row(row) {
    return el(
      "tr",
      {},
      row.cells.map((cell, index) => {
        const className = cell.type === "raw_number" ? "cell-right" : null;
        return index === this.rowHeader
          ? el("th", { scope: "row", class: className }, drawCell(cell, this.directory))
          : el("td", { class: className }, drawCell(cell, this.directory));
      }),
    );
  }

  #filterField() {
    const field = el("input", {
      class: "input input-filter",
      type: "search",
      placeholder: "Filter",
      "aria-label": `Filter ${this.caption}`,
    });
    field.addEventListener("input", () => {
      this.filter = field.value;
      this.page = 0;
      this.show();
    });
    return field;
  }

  get node() {
    const caption = el("div", { class: "data-table-caption", id: freshId("caption") }, this.caption);
    const table = el(
      "table",
      { class: "table", "aria-labelledby": caption.id },
      el("thead", {}, el("tr", {}, this.columnHeads)),
      this.body,
    );
    const top = el(
      "div",
      { class: "data-table-top" },
      caption,
      this.rows.length > ROWS_WITHOUT_FILTER ? this.#filterField() : null,
    );
    const pager = this.rows.length > this.pageSize ? [this.previous, this.next] : null;
    this.show();
    return el(
      "div",
      { class: "data-table" },
      top,
      el("div", { class: "table-scroll", tabindex: "0", role: "region", "aria-labelledby": caption.id }, table),
      el("div", { class: "data-table-bottom" }, this.status, pager),
    );
  }
}

/** A table that sorts, filters and pages by itself. */
export function drawDataTable(block, surface) {
  return new DataTable(block, surface.directory).node;
}
