import { el, fill, freshId } from "../dom.js";
import { icon } from "../icons.js";
import { menuButton } from "../menu.js";
import { Popup } from "../popup.js";
import { asSent, suggestionsFor } from "./suggestions.js";

/** The field to write in: sends messages and slash commands, and helps to type them. Enter sends, Shift+Enter breaks. */
export class Composer {
  constructor(session, channel, { placeholder, threadTs = null }) {
    Object.assign(this, { session, channel, threadTs });
    this.active = -1;
    this.found = [];
    this.field = el("textarea", {
      class: "composer-field",
      rows: 1,
      placeholder,
      role: "combobox",
      "aria-label": placeholder,
      "aria-autocomplete": "list",
      "aria-expanded": "false",
    });
    this.list = el("div", {
      class: "suggestions",
      role: "listbox",
      id: freshId("suggestions"),
      "aria-label": "Suggestions",
    });
    this.field.setAttribute("aria-controls", this.list.id);
    this.sendButton = el(
      "button",
      { type: "button", class: "icon-button composer-send", "aria-label": "Send", title: "Send", disabled: true },
      icon("send"),
    );
    this.frame = el(
      "div",
      { class: "composer-frame" },
      this.field,
      el("div", { class: "composer-bar" }, this.#shortcuts(), this.sendButton),
    );
    this.node = el("div", { class: "composer" }, this.frame, this.list);
    this.popup = new Popup(this.list, this.frame, () => this.field.setAttribute("aria-expanded", "false"));
    this.#listen();
  }

  #listen() {
    this.field.addEventListener("input", () => this.#changed());
    this.field.addEventListener("keydown", (event) => this.#onKey(event));
    this.field.addEventListener("blur", () => this.popup.close());
    this.sendButton.addEventListener("click", () => this.send());
  }

  #shortcuts() {
    const shortcuts = (this.session.state.shortcuts || []).filter((one) => one.type !== "message");
    const slash = el(
      "button",
      {
        type: "button",
        class: "text-button composer-slash",
        "aria-label": "Type a slash command",
        title: "Type a slash command",
      },
      "/",
    );
    slash.addEventListener("click", () => {
      this.field.focus();
      if (!this.field.value) this.put("/");
    });
    if (!shortcuts.length || this.threadTs) return el("span", { class: "composer-tools" }, slash);
    const button = el(
      "button",
      { type: "button", class: "icon-button", "aria-label": "Shortcuts", title: "Shortcuts" },
      icon("bolt"),
    );
    const items = shortcuts.map((shortcut) => ({
      node: shortcut.name,
      run: () => this.session.tell("shortcut", { callback_id: shortcut.callback_id }, "The shortcut did not run"),
    }));
    return el("span", { class: "composer-tools" }, menuButton(button, items, "Shortcuts"), slash);
  }

  /** Puts `text` into the field, the caret at `caret` or its end. */
  put(text, caret = text.length) {
    this.field.value = text;
    this.field.setSelectionRange(caret, caret);
    this.#changed();
  }

  #changed() {
    const { field } = this;
    field.style.height = "auto";
    field.style.height = `${Math.min(field.scrollHeight, 180)}px`;
    this.sendButton.disabled = field.value.trim() === "";
    const { found, isEager } = suggestionsFor(field.value, field.selectionStart, {
      commands: this.session.state.commands || [],
      directory: this.session.directory,
    });
    this.#suggest(found, isEager);
  }

  #suggest(found, isEager) {
    this.found = found;
    if (!found.length) {
      this.popup.close();
      this.#activate(-1);
      return;
    }
    const options = found.map((one, index) => {
      const node = el(
        "div",
        { class: "option", role: "option", id: freshId("suggestion") },
        el(
          "span",
          { class: "option-words" },
          el("span", {}, el("strong", {}, one.label), " ", el("span", { class: "quiet" }, one.hint)),
          one.description ? el("span", { class: "option-description" }, one.description) : null,
        ),
      );
      node.addEventListener("pointerdown", (event) => event.preventDefault());
      node.addEventListener("click", () => this.#take(index));
      return node;
    });
    fill(this.list, options);
    this.popup.open();
    this.popup.place();
    this.field.setAttribute("aria-expanded", "true");
    this.#activate(isEager ? 0 : -1);
  }

  #activate(position) {
    this.active = position;
    [...this.list.children].forEach((node, index) => {
      node.classList.toggle("option-active", index === position);
      node.setAttribute("aria-selected", String(index === position));
    });
    const node = this.popup.isOpen ? this.list.children[position] : null;
    if (node) this.field.setAttribute("aria-activedescendant", node.id);
    else this.field.removeAttribute("aria-activedescendant");
  }

  #take(index) {
    const { insert, caret } = this.found[index];
    this.put(insert, caret);
  }

  #onKey(event) {
    if (event.isComposing) return;
    const isOpen = this.popup.isOpen;
    const count = this.found.length;
    if (isOpen && (event.key === "ArrowDown" || event.key === "ArrowUp")) {
      const step = event.key === "ArrowDown" ? 1 : -1;
      this.#activate((this.active + step + count) % count);
    } else if (isOpen && event.key === "Escape") this.popup.close();
    else if (isOpen && event.key === "Tab" && !event.shiftKey) this.#take(Math.max(this.active, 0));
    else if (isOpen && event.key === "Enter" && this.active >= 0) this.#take(this.active);
    else if (event.key === "Enter" && !event.shiftKey) this.send();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  /** Sends what is in the field; it is emptied only when the server took it. */
  async send() {
    const text = this.field.value.trim();
    if (!text || this.isSending) return;
    this.isSending = true;
    this.popup.close();
    this.field.readOnly = true;
    this.frame.setAttribute("aria-busy", "true");
    const answer = await (text.startsWith("/") ? this.#sendCommand(text) : this.#sendMessage(text));
    this.isSending = false;
    this.field.readOnly = false;
    this.frame.removeAttribute("aria-busy");
    if (answer.ok) this.put("");
  }

  #sendCommand(text) {
    const [command, ...rest] = text.split(/\s+/);
    const body = { channel: this.channel, command, text: text.slice(command.length).trim(), thread_ts: this.threadTs };
    return this.session.tell(
      "command",
      body,
      rest.length ? `${command} ${rest[0]} did not run` : `${command} did not run`,
    );
  }

  #sendMessage(text) {
    const body = { channel: this.channel, text: asSent(text, this.session.directory), thread_ts: this.threadTs };
    return this.session.tell("message", body, "The message was not sent");
  }
}
