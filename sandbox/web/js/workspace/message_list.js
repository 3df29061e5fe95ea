import { arrange, el, fill } from "../dom.js";
import { dayOf } from "../text/dates.js";
import { MessageView, dayDivider } from "./message.js";

const FOLLOW_UP_SECONDS = 300;
const NEAR_BOTTOM = 80;

function follows(message, before) {
  if (!before || message.ephemeral !== before.ephemeral) return false;
  const isSameAuthor =
    message.user === before.user && message.bot_id === before.bot_id && message.username === before.username;
  return isSameAuthor && message.ts - before.ts < FOLLOW_UP_SECONDS;
}

/** The messages of a channel or thread in a box that scrolls, each drawn once and then kept up to date in place. */
export class MessageList {
  constructor(session, channel, { label, openThread = null, intro = null }) {
    Object.assign(this, { session, channel, openThread, intro });
    this.views = new Map();
    this.inner = el("div", { class: "message-list" });
    this.jump = el("button", { type: "button", class: "jump", hidden: true }, "New messages below");
    this.jump.addEventListener("click", () => this.scrollToEnd());
    this.scroller = el(
      "div",
      { class: "message-scroll", tabindex: "0", role: "region", "aria-label": label },
      this.inner,
    );
    this.scroller.addEventListener("scroll", () => {
      if (this.#isAtEnd()) this.jump.hidden = true;
    });
    this.node = el("div", { class: "message-frame" }, this.scroller, this.jump);
  }

  #isAtEnd() {
    const { scrollTop, scrollHeight, clientHeight } = this.scroller;
    return scrollHeight - scrollTop - clientHeight < NEAR_BOTTOM;
  }

  scrollToEnd() {
    this.scroller.scrollTop = this.scroller.scrollHeight;
    this.jump.hidden = true;
  }

  /** Shows these messages. Gives back those that were not there before (none of them at the first call). */
  show(messages) {
    const isFirst = this.messages === undefined;
    const wasAtEnd = isFirst || this.#isAtEnd();
    const known = new Set(this.views.keys());
    const fresh = isFirst ? [] : messages.filter((message) => !known.has(message.ts));
    this.messages = messages;
    arrange(this.inner, this.#nodesFor(messages));
    if (wasAtEnd) this.scrollToEnd();
    else if (fresh.length) this.jump.hidden = false;
    return fresh;
  }

  #nodesFor(messages) {
    const tz = this.session.directory.tz;
    const nodes = this.intro ? [this.intro] : [];
    const views = new Map();
    let before = null;
    for (const message of messages) {
      const date = new Date(message.ts * 1000);
      const isNewDay = !before || dayOf(date, tz) !== dayOf(new Date(before.ts * 1000), tz);
      if (isNewDay) nodes.push(this.#divider(message.ts, dayOf(date, tz)));
      const view =
        this.views.get(message.ts) || new MessageView(this.session, this.channel, { openThread: this.openThread });
      view.update(message, { isFollowUp: !isNewDay && follows(message, before) });
      views.set(message.ts, view);
      nodes.push(view.node);
      before = message;
    }
    this.views = views;
    return nodes;
  }

  #divider(ts, day) {
    this.dividers ??= new Map();
    if (!this.dividers.has(day)) this.dividers.set(day, dayDivider(ts, this.session.directory.tz));
    return this.dividers.get(day);
  }

  /** Scrolls to a message and marks it for a moment; false when it is not in the list. */
  reveal(ts) {
    const view = this.views.get(ts);
    if (!view) return false;
    view.node.scrollIntoView({ block: "center" });
    view.node.classList.add("message-revealed");
    setTimeout(() => view.node.classList.remove("message-revealed"), 2500);
    return true;
  }

  /** Says that there is nothing yet. */
  showTrouble(words) {
    fill(this.inner, el("p", { class: "quiet message-trouble" }, words));
  }
}
