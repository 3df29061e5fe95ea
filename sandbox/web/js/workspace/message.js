import { Surface } from "../blocks/surface.js";
import { el, fill, fragment, refill } from "../dom.js";
import { icon } from "../icons.js";
import { capitalized, exactTime, formatDate } from "../text/dates.js";
import { emojiFor } from "../text/emoji.js";
import { mrkdwn } from "../text/mrkdwn.js";
import { avatar } from "./avatar.js";
import { drawFiles } from "./files.js";

/** One message, kept up to date in place: `update` redraws only what changed, so that a half-filled form stays. */
export class MessageView {
  constructor(session, channel, { openThread = null } = {}) {
    this.session = session;
    this.channel = channel;
    this.openThread = openThread;
    this.surface = null;
    this.source = null;
    this.gutter = el("div", { class: "message-gutter" });
    this.head = el("div", { class: "message-head" });
    this.body = el("div", { class: "message-text" });
    this.files = el("div", { class: "message-files" });
    this.foot = el("div", { class: "message-foot" });
    this.main = el("div", { class: "message-main" }, this.head, this.body, this.files, this.foot);
    this.node = el("article", { class: "message" }, this.gutter, this.main);
  }

  /** Shows `message`; `isFollowUp` when the same author wrote just before it. */
  update(message, { isFollowUp = false } = {}) {
    const source = JSON.stringify([{ ...message, state: null }, isFollowUp]);
    if (source === this.source) return;
    this.source = source;
    this.message = message;
    this.node.dataset.ts = message.ts;
    this.node.classList.toggle("message-follow-up", isFollowUp);
    this.node.classList.toggle("message-ephemeral", Boolean(message.ephemeral));
    this.node.setAttribute("aria-label", `${this.session.directory.authorOf(message)}, ${this.#clock(message.ts)}`);
    this.#drawHead(message, isFollowUp);
    this.#drawBody(message);
    this.#drawFiles(message.files || []);
    refill(this.foot, this.#reactions(message), this.openThread ? this.#replies(message) : null);
  }

  /* A preview somebody opened stays open while the message around it changes. */
  #drawFiles(files) {
    const source = JSON.stringify(files);
    if (source === this.filesSource) return;
    this.filesSource = source;
    fill(this.files, drawFiles(files));
  }

  #clock(ts) {
    return formatDate(ts, "{time}", this.session.directory.tz);
  }

  #time(ts) {
    const exact = exactTime(ts, this.session.directory.tz);
    return el(
      "time",
      { class: "message-time", datetime: new Date(ts * 1000).toISOString(), title: exact },
      this.#clock(ts),
    );
  }

  #drawHead(message, isFollowUp) {
    const name = this.session.directory.authorOf(message);
    const isApp = Boolean(message.bot_id);
    fill(this.gutter, isFollowUp ? this.#time(message.ts) : avatar({ id: message.user || name, name, isApp }));
    const notes = [
      message.ephemeral ? el("span", { class: "message-note" }, icon("eye"), "Only visible to you") : null,
      message.reply_broadcast && this.openThread ? el("span", { class: "message-note" }, "replied in a thread") : null,
      message.edited ? el("span", { class: "quiet" }, "(edited)") : null,
    ];
    const author = isFollowUp
      ? null
      : [
          el("strong", { class: "message-author" }, name),
          isApp ? el("span", { class: "badge" }, "App") : null,
          this.#time(message.ts),
        ];
    const reply = this.openThread && !message.ephemeral ? this.#replyButton(message) : null;
    refill(this.head, author, notes, reply);
  }

  #replyButton(message) {
    const button = el(
      "button",
      { type: "button", class: "message-reply icon-button", "aria-label": "Reply in thread", title: "Reply in thread" },
      icon("thread"),
    );
    button.addEventListener("click", () => this.openThread(message.thread_ts || message.ts));
    return button;
  }

  /* What people typed is drawn from its text: the blocks Slack adds to it say the same once more. */
  #drawBody(message) {
    if (message.bot_id && message.blocks?.length) {
      this.surface ??= this.#newSurface();
      this.surface.draw(message.blocks, { values: message.state?.values });
      if (this.surface.node.parentElement !== this.body) fill(this.body, this.surface.node);
      return;
    }
    this.surface = null;
    fill(this.body, el("div", { class: "message-plain" }, mrkdwn(message.text || "", this.session.directory)));
  }

  #newSurface() {
    const { session, channel } = this;
    return new Surface({
      kind: "message",
      directory: session.directory,
      conversation: channel,
      act: (action) =>
        session.tell(
          "action",
          { ...action, container: this.#container(), state: { values: this.surface.values.report() } },
          "The click did not arrive",
        ),
      loadOptions: (type, blockId, actionId, value) =>
        session.ask("options", {
          type,
          channel,
          message_ts: this.message.ts,
          block_id: blockId,
          action_id: actionId,
          value,
        }),
    });
  }

  #container() {
    return {
      type: "message",
      channel: this.channel,
      message_ts: this.message.ts,
      is_ephemeral: Boolean(this.message.ephemeral),
    };
  }

  #reactions(message) {
    const reactions = message.reactions || [];
    if (!reactions.length) return null;
    const chips = reactions.map((reaction) => {
      const who = (reaction.users || [])
        .map((id) => (this.session.directory.person(id) || { name: id }).name)
        .join(", ");
      const label = `${reaction.name.replace(/_/g, " ")}, ${reaction.count}, by ${who}`;
      return el(
        "span",
        { class: "reaction", role: "img", "aria-label": label, title: who },
        emojiFor(reaction.name) || `:${reaction.name}:`,
        ` ${reaction.count}`,
      );
    });
    return el("div", { class: "reactions" }, chips);
  }

  #replies(message) {
    if (!message.reply_count) return null;
    const count = message.reply_count === 1 ? "1 reply" : `${message.reply_count} replies`;
    const directory = this.session.directory;
    const faces = (message.reply_users || []).slice(0, 4).map((id) => {
      const person = directory.person(id);
      return avatar(
        { id, name: person ? person.real_name : id, isApp: Boolean(person && person.isBot) },
        "avatar-small",
      );
    });
    const last = message.latest_reply
      ? formatDate(message.latest_reply, "{date_short_pretty} at {time}", directory.tz)
      : "";
    const button = el(
      "button",
      { type: "button", class: "replies" },
      faces,
      el("span", { class: "replies-count" }, count),
      fragment(last ? el("span", { class: "quiet" }, `Last reply ${last}`) : null),
    );
    button.addEventListener("click", () => this.openThread(message.ts));
    return button;
  }
}

/** The line that parts two days. */
export function dayDivider(ts, tz) {
  return el(
    "div",
    { class: "day", role: "separator" },
    el("span", {}, capitalized(formatDate(ts, "{day_divider_pretty}", tz))),
  );
}
