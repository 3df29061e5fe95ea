/*
 * The card that suggests what to try first. A step is ticked when the page has seen that it was done; the ticks are kept in
 * this browser, for all the people one acts as, until the workspace is started anew.
 */

import { el, fill } from "../dom.js";
import { icon } from "../icons.js";
import { mrkdwn } from "../text/mrkdwn.js";
import { STEPS } from "./guide_steps.js";
import { buttonsOf, wordsOfBlocks } from "./shown_words.js";

const KEY = "sandbox.guide";

function stored() {
  try {
    return JSON.parse(localStorage.getItem(KEY)) || {};
  } catch {
    return {};
  }
}

export class Guide {
  constructor(session) {
    this.session = session;
    const { guide } = session.state;
    this.steps = guide?.steps?.length ? guide.steps : STEPS;
    this.memory = { done: [], isClosed: false, workspace: null, ...stored() };
    if (guide?.id && guide.id !== this.memory.workspace) this.#startAnew(guide.id);
    this.node = el("section", { class: "guide", "aria-label": "Getting started" });
    this.opener = el("button", { type: "button", class: "button button-small guide-opener" });
    this.opener.addEventListener("click", () => this.#toggle());
    session.addEventListener("seen", (event) => this.#onMessages(event.detail));
    session.addEventListener("shown", (event) => this.#look([event.detail]));
    window.addEventListener("storage", (event) => {
      if (event.key !== KEY) return;
      this.memory = { ...this.memory, ...stored() };
      this.show();
    });
    this.show();
  }

  #startAnew(workspace) {
    this.memory = { done: [], isClosed: false, workspace };
    this.#keep();
  }

  #keep() {
    localStorage.setItem(KEY, JSON.stringify(this.memory));
  }

  /* A workspace without an id of its own is known by its first shared message: another one means another workspace. */
  #onMessages({ channel, messages, isThread = false }) {
    const { guide, channels } = this.session.state;
    const shared = messages.find((message) => !message.ephemeral);
    if (!guide?.id && !isThread && channel === channels[0]?.id) {
      const { workspace } = this.memory;
      const known = shared?.ts ?? null;
      if (workspace && known !== workspace) this.#startAnew(known);
      else if (known !== workspace) {
        this.memory.workspace = known;
        this.#keep();
      }
    }
    this.#look(messages.filter((message) => message.bot_id));
  }

  #look(messages) {
    const shown = messages.map((message) => ({
      buttons: buttonsOf(message.blocks || []),
      words: [message.text, wordsOfBlocks(message.blocks || [])].join("\n"),
    }));
    const now = this.steps.filter((step) => !this.#isDone(step) && shown.some((one) => fits(step.when, one)));
    if (!now.length) return;
    this.memory.done.push(...now.map((step) => step.id));
    this.#keep();
    this.show();
  }

  #isDone(step) {
    return this.memory.done.includes(step.id);
  }

  #toggle(isClosed = !this.memory.isClosed) {
    this.memory.isClosed = isClosed;
    this.#keep();
    this.show();
    (isClosed ? this.opener : this.node.querySelector("h2")).focus();
  }

  /** Draws the card: the first step not yet done is spread out, the others are one line each. */
  show() {
    const { isClosed } = this.memory;
    const done = this.steps.filter((step) => this.#isDone(step)).length;
    this.opener.setAttribute("aria-expanded", String(!isClosed));
    fill(
      this.opener,
      icon("compass"),
      el("span", {}, el("span", { class: "guide-opener-word" }, "Guide "), `${done}/${this.steps.length}`),
    );
    this.opener.setAttribute(
      "aria-label",
      `${isClosed ? "Show" : "Hide"} the guide, ${done} of ${this.steps.length} steps done`,
    );
    this.node.hidden = isClosed;
    if (isClosed) return;
    const current = this.steps.find((step) => !this.#isDone(step));
    const close = el(
      "button",
      { type: "button", class: "icon-button", "aria-label": "Hide the guide", title: "Hide" },
      icon("close"),
    );
    close.addEventListener("click", () => this.#toggle(true));
    fill(
      this.node,
      el(
        "header",
        { class: "guide-head" },
        el("h2", { tabindex: "-1" }, current ? "Try it, step by step" : "You have seen it all"),
        close,
      ),
      el(
        "ol",
        { class: "guide-steps" },
        this.steps.map((step) => this.#step(step, step === current)),
      ),
      current ? null : this.#ending(),
    );
  }

  #ending() {
    const again = el("button", { type: "button", class: "text-button" }, "Start over");
    again.addEventListener("click", () => {
      this.memory.done = [];
      this.#keep();
      this.show();
    });
    const next =
      "Next: push with *Silent drop* or *An edit just before the next write* switched on, open the app's Home, type `/grcpush help`.";
    return el("div", { class: "guide-ending" }, el("p", {}, this.#line(next)), again);
  }

  #step(step, isCurrent) {
    const isDone = this.#isDone(step);
    const mark = el(
      "span",
      { class: "guide-mark" },
      isDone ? icon("check") : null,
      el("span", { class: "spoken" }, isDone ? "Done: " : "To do: "),
    );
    const body = isCurrent
      ? el(
          "div",
          { class: "guide-body" },
          this.#actor(step),
          step.lines.map((line) => el("p", {}, this.#line(line))),
        )
      : null;
    const name = `guide-step ${isDone ? "guide-step-done" : ""} ${isCurrent ? "guide-step-current" : ""}`;
    return el(
      "li",
      { class: name, "aria-current": isCurrent ? "step" : null, data: { step: step.id } },
      mark,
      el("div", {}, el("div", { class: "guide-title" }, step.title), body),
    );
  }

  #actor(step) {
    const person = this.session.directory.person(step.as);
    if (!person || person.id === this.session.as) return null;
    return el(
      "a",
      { class: "button button-small", href: `?as=${person.id}${location.hash}` },
      `Act as ${person.real_name}`,
    );
  }

  #line(line) {
    const url = this.session.state.links?.servicenow;
    return line
      .split("{servicenow}")
      .map((part, index) => [
        index ? (url ? el("a", { href: url, target: "servicenow" }, "ServiceNow page") : "ServiceNow page") : null,
        mrkdwn(part, this.session.directory),
      ]);
  }
}

function fits(when, shown) {
  if (when.buttons) return shown.buttons.some((words) => when.buttons.some((wanted) => words.startsWith(wanted)));
  return new RegExp(when.words).test(shown.words);
}
