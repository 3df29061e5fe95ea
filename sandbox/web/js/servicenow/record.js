import { get, post } from "../api.js";
import { el, fill } from "../dom.js";
import { icon } from "../icons.js";
import { toast } from "../toasts.js";
import { drawEditor } from "./editor.js";
import { drawAudit, drawHistory } from "./history.js";
import { drawHtml } from "./safe_html.js";
import { tabbed } from "./tabs.js";
import { moment } from "./times.js";

/** One record: its text, which can be changed as somebody else, its fields, its history and its audit. */
export class Record {
  constructor({ users, serviceAccount, onClose }) {
    this.users = users
      .filter((user) => user.user_name !== serviceAccount)
      .sort((a, b) => (b.user_name === "jane.roe") - (a.user_name === "jane.roe"));
    this.onClose = onClose;
    this.panels = Object.fromEntries(
      ["text", "fields", "history", "audit"].map((name) => [name, el("div", { class: "panel" })]),
    );
    this.tabs = tabbed("Record", [
      { id: "text", label: "Text", panel: this.panels.text },
      { id: "fields", label: "Fields", panel: this.panels.fields },
      { id: "history", label: "History", panel: this.panels.history },
      { id: "audit", label: "Audit", panel: this.panels.audit },
    ]);
    this.head = el("header", { class: "record-head" });
    this.node = el("section", { class: "record", "aria-label": "Record" });
    this.showNothing();
  }

  showNothing(words = "Choose a record on the left to see and change it.") {
    this.sysId = null;
    fill(this.node, el("p", { class: "quiet record-empty" }, words));
  }

  /** Shows the record with this sys_id. */
  async open(sysId) {
    this.sysId = sysId;
    this.isEditing = false;
    this.tabs.choose("text");
    await this.refresh();
  }

  /** Fetches the record again; a text that is being written is left alone. */
  async refresh() {
    const { sysId } = this;
    if (!sysId) return;
    const answer = await get(`records/${sysId}`);
    if (sysId !== this.sysId) return;
    if (!answer.ok) {
      this.showNothing(answer.error);
      return;
    }
    this.#show(answer);
  }

  #show(found) {
    const { record } = found;
    const isMoved = this.isEditing && this.shownText !== found.text;
    this.found = found;
    const back = el(
      "button",
      { type: "button", class: "icon-button record-back", "aria-label": "Back to the list" },
      icon("back"),
    );
    back.addEventListener("click", this.onClose);
    fill(
      this.head,
      back,
      el(
        "div",
        {},
        el("h1", { tabindex: "-1" }, `${record.control} ${record.control_name}`),
        el("p", { class: "quiet" }, `${record.system} · ${record.number} · state ${record.state}`),
        el(
          "p",
          { class: "quiet" },
          "Last updated by ",
          el("strong", {}, record.updated_by),
          " ",
          moment(record.updated_on),
          ` · update ${record.mod_count}`,
        ),
      ),
    );
    if (!this.isEditing) this.#showText(found);
    else if (isMoved)
      toast("The text has just been changed", "What you are writing starts from the text before.", { kind: "notice" });
    this.shownText = found.text;
    fill(this.panels.fields, fieldTable(found.fields));
    fill(this.panels.history, drawHistory(found.history));
    fill(this.panels.audit, drawAudit(found.audit, found.audited));
    this.tabs.mark("history", found.history.length ? ` ${found.history.length}` : "");
    this.tabs.mark("audit", found.audit.length ? ` ${found.audit.length}` : "");
    if (this.node.firstElementChild !== this.head) fill(this.node, this.head, this.tabs.node);
  }

  #showText(found) {
    const change = el("button", { type: "button", class: "button button-primary" }, "Change the text");
    change.addEventListener("click", () => this.#edit(found));
    const words =
      "Saved as somebody else. Where the other side has an edit of the same statement, this makes a conflict.";
    fill(
      this.panels.text,
      drawHtml(found.text),
      el("div", { class: "record-change" }, change, el("p", { class: "quiet" }, words)),
    );
  }

  #edit(found) {
    this.isEditing = true;
    const stop = () => {
      this.isEditing = false;
      this.#showText(this.found);
      this.panels.text.querySelector("button").focus();
    };
    const editor = drawEditor({
      text: found.text,
      users: this.users,
      cancel: stop,
      save: async (change) => {
        const answer = await post(`records/${this.sysId}`, { ...change, field: found.field });
        if (!answer.ok) {
          toast("The text was not saved", answer.error);
          return;
        }
        this.isEditing = false;
        this.#show(answer);
        toast("Saved", `as ${change.by}. Push the same statement from the workspace to see what happens.`, {
          kind: "notice",
        });
        this.panels.text.querySelector("button").focus();
      },
    });
    fill(this.panels.text, editor.node);
    editor.focus();
  }
}

function fieldTable(fields) {
  const rows = fields.map((one) =>
    el(
      "tr",
      {},
      el("th", { scope: "row" }, one.label, el("code", {}, one.element)),
      el("td", { class: "cell-wrapped" }, one.value || el("span", { class: "quiet" }, "(empty)")),
    ),
  );
  return el(
    "div",
    { class: "table-scroll" },
    el(
      "table",
      { class: "table field-table" },
      el("thead", {}, el("tr", {}, el("th", { scope: "col" }, "Field"), el("th", { scope: "col" }, "Value"))),
      el("tbody", {}, rows),
    ),
  );
}
