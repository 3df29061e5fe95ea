import { el } from "../dom.js";
import { icon } from "../icons.js";
import { Composer } from "./composer.js";
import { MessageList } from "./message_list.js";
import { Refresher } from "./refresher.js";

/** How a channel or direct message is called and drawn. */
export function describe(session, id) {
  const { directory } = session;
  const channel = directory.channel(id);
  if (channel) {
    const sign = channel.is_private ? "lock" : channel.is_shared ? "shared" : "hash";
    return { name: channel.name, sign, topic: channel.topic || "", title: `#${channel.name}`, channel };
  }
  const dm = session.state.dms.find((one) => one.id === id);
  const person = dm && directory.person(dm.user);
  return person
    ? {
        name: person.real_name || person.name,
        sign: null,
        person,
        topic: person.title || "",
        title: person.real_name || person.name,
      }
    : null;
}

/** One channel or direct message: its header, its messages, and the field to write in. */
export class Conversation {
  constructor(session, id, { openThread, announce }) {
    this.session = session;
    this.id = id;
    this.announce = announce;
    const about = describe(session, id);
    this.list = new MessageList(session, id, {
      label: `Messages in ${about.title}`,
      openThread,
      intro: this.#intro(about),
    });
    this.composer = new Composer(session, id, { placeholder: `Message ${about.title}` });
    this.node = el("div", { class: "conversation" }, this.#head(about), this.list.node, this.composer.node);
    this.refresher = new Refresher(() => this.#load());
  }

  #head(about) {
    const words = el(
      "div",
      { class: "pane-words" },
      el("h1", { class: "pane-title", tabindex: "-1" }, about.sign ? icon(about.sign) : null, about.name),
      about.topic ? el("span", { class: "pane-topic" }, about.topic) : null,
    );
    const notes = [];
    if (about.channel?.is_shared)
      notes.push(el("span", { class: "badge badge-warning" }, "Shared with another organisation"));
    if (about.channel && !about.channel.is_member)
      notes.push(el("span", { class: "badge" }, "The bot is not in this channel"));
    return el("header", { class: "pane-head" }, words, notes);
  }

  #intro(about) {
    const words = about.channel
      ? `This is the start of ${about.title}.`
      : `This is your conversation with ${about.name}.`;
    return el("p", { class: "quiet conversation-intro" }, words);
  }

  /** Fetches the messages again; calls that come while one is under way are joined into one more. */
  refresh() {
    return this.refresher.refresh();
  }

  async #load() {
    const answer = await this.session.ask("messages", { channel: this.id });
    if (!answer.ok) {
      this.session.complain("The messages cannot be shown", answer);
      return;
    }
    const inChannel = answer.messages.filter(
      (message) => !message.thread_ts || message.thread_ts === message.ts || message.reply_broadcast,
    );
    this.announce(this.list.show(inChannel));
    this.session.dispatchEvent(new CustomEvent("seen", { detail: { channel: this.id, messages: answer.messages } }));
    if (document.visibilityState === "visible") this.#markRead();
  }

  async #markRead() {
    const about = this.session.state.channels.concat(this.session.state.dms).find((one) => one.id === this.id);
    const newest = this.list.messages.at(-1)?.ts;
    if (this.readUpTo === newest && !about?.unread) return;
    this.readUpTo = newest;
    await this.session.tell("read", { channel: this.id }, "The channel was not marked as read");
    if (about) about.unread = 0;
    this.session.dispatchEvent(new CustomEvent("unread"));
  }
}
