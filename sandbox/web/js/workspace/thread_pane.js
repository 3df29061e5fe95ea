import { el } from "../dom.js";
import { icon } from "../icons.js";
import { Composer } from "./composer.js";
import { describe } from "./conversation.js";
import { MessageList } from "./message_list.js";
import { Refresher } from "./refresher.js";

/** A thread beside its channel. */
export class ThreadPane {
  constructor(session, channel, ts, { onClose, announce }) {
    Object.assign(this, { session, channel, ts, announce });
    const about = describe(session, channel);
    const close = el(
      "button",
      { type: "button", class: "icon-button", "aria-label": "Close the thread", title: "Close" },
      icon("close"),
    );
    close.addEventListener("click", onClose);
    this.list = new MessageList(session, channel, { label: `Thread in ${about.title}` });
    this.composer = new Composer(session, channel, { placeholder: "Reply…", threadTs: ts });
    const title = el("h2", { class: "pane-title", tabindex: "-1" }, "Thread");
    const head = el(
      "header",
      { class: "pane-head" },
      el("div", { class: "pane-words" }, title, el("span", { class: "pane-topic" }, about.title)),
      close,
    );
    this.node = el("aside", { class: "thread", "aria-label": "Thread" }, head, this.list.node, this.composer.node);
    this.node.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && !event.defaultPrevented) onClose();
    });
    this.refresher = new Refresher(() => this.#load());
  }

  refresh() {
    return this.refresher.refresh();
  }

  async #load() {
    const answer = await this.session.ask("thread", { channel: this.channel, ts: this.ts });
    if (!answer.ok) {
      this.list.showTrouble("This thread cannot be shown.");
      return;
    }
    this.announce(this.list.show(answer.messages));
    this.session.dispatchEvent(
      new CustomEvent("seen", { detail: { channel: this.channel, messages: answer.messages, isThread: true } }),
    );
  }

  focus() {
    this.composer.field.focus();
  }
}
