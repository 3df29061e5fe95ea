import { get } from "../api.js";
import { Drawings, arrange, debounced, el } from "../dom.js";

const PAGE = 60;

/** The list of records: searched by words and system, more of it on demand. */
export class Find {
  constructor({ systems, onChoose }) {
    this.onChoose = onChoose;
    this.chosen = null;
    this.drawings = new Drawings();
    this.words = el("input", {
      class: "input",
      type: "search",
      placeholder: "Control, number or words",
      "aria-label": "Find a record",
    });
    this.system = el(
      "select",
      { class: "input", "aria-label": "System" },
      el("option", { value: "" }, "All systems"),
      systems.map((one) => el("option", { value: one.name }, `${one.name} (${one.statements})`)),
    );
    this.count = el("p", { class: "quiet find-count", role: "status" });
    this.list = el("ul", { class: "find-list" });
    this.more = el("button", { type: "button", class: "button button-small find-more", hidden: true }, "Show more");
    this.more.addEventListener("click", () => this.#fetch(this.list.childElementCount + PAGE));
    const soon = debounced(() => this.refresh(), 180);
    this.words.addEventListener("input", soon);
    this.system.addEventListener("change", () => this.refresh());
    this.node = el(
      "section",
      { class: "find", "aria-label": "Records" },
      el("div", { class: "find-form" }, this.words, this.system),
      this.count,
      el("div", { class: "find-scroll" }, this.list, this.more),
    );
  }

  /** Asks again for what the reader looks for. */
  refresh() {
    return this.#fetch(PAGE);
  }

  async #fetch(limit) {
    const wanted = { q: this.words.value, system: this.system.value, limit };
    const answer = await get("records", wanted);
    if (wanted.q !== this.words.value || wanted.system !== this.system.value) return;
    if (!answer.ok) {
      this.count.textContent = `The records cannot be shown: ${answer.error}`;
      return;
    }
    this.count.textContent = answer.total === 1 ? "1 record" : `${answer.total} records`;
    arrange(
      this.list,
      answer.records.map((record) => this.drawings.of(record.sys_id, record, (one) => this.#item(one))),
    );
    this.more.hidden = answer.records.length >= answer.total;
    this.mark(this.chosen);
  }

  #item(record) {
    const link = el(
      "a",
      { class: "find-item", href: `?table=${record.table}&sys_id=${record.sys_id}`, data: { id: record.sys_id } },
      el("span", { class: "find-title" }, el("strong", {}, record.control || record.number), ` ${record.control_name}`),
      el("span", { class: "find-system" }, `${record.system} · ${record.number}`),
      el("span", { class: "find-excerpt" }, record.excerpt),
    );
    link.addEventListener("click", (event) => {
      if (event.metaKey || event.ctrlKey || event.shiftKey) return;
      event.preventDefault();
      this.onChoose(record.sys_id);
    });
    return el("li", {}, link);
  }

  /** Marks the record that is open. */
  mark(sysId) {
    this.chosen = sysId;
    for (const item of this.list.querySelectorAll(".find-item")) {
      if (item.dataset.id === sysId) item.setAttribute("aria-current", "true");
      else item.removeAttribute("aria-current");
    }
  }
}
