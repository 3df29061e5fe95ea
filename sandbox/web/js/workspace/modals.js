/*
 * The stack of modals an app opened for this person: the topmost is on show, the others wait beneath with what was typed
 * in them. A new `hash` means that the app drew the view again.
 */

import { Surface } from "../blocks/surface.js";
import { el, fill, freshId } from "../dom.js";
import { icon } from "../icons.js";
import { wordsOf } from "../text/text_object.js";
import { sentenceFor } from "./refusals.js";
import { Refresher } from "./refresher.js";

export class Modals {
  constructor(session, { focusAfter }) {
    this.session = session;
    this.focusAfter = focusAfter;
    this.open = new Map();
    this.top = null;
    this.refresher = new Refresher(() => this.#load());
    this.title = el("h2", { id: freshId("modal"), tabindex: "-1" });
    this.depth = el("span", { class: "modal-depth" });
    this.back = el(
      "button",
      { type: "button", class: "icon-button modal-back", "aria-label": "Back", title: "Back" },
      icon("back"),
    );
    this.cross = el(
      "button",
      { type: "button", class: "icon-button", "aria-label": "Close", title: "Close" },
      icon("close"),
    );
    this.body = el("div", { class: "modal-body", tabindex: "-1" });
    this.foot = el("footer", { class: "modal-foot" });
    this.trouble = el("div", { class: "modal-trouble", role: "alert" });
    this.dialog = el(
      "dialog",
      { class: "modal", "aria-labelledby": this.title.id },
      el("header", { class: "modal-head" }, this.back, this.title, this.depth, this.cross),
      this.body,
      this.foot,
    );
    this.closing = null;
    this.#listen();
    document.body.append(this.dialog);
  }

  #listen() {
    this.back.addEventListener("click", () => this.close());
    this.cross.addEventListener("click", () => this.close({ isAll: true }));
    this.dialog.addEventListener("cancel", (event) => {
      if (event.target !== this.dialog) return;
      event.preventDefault();
      this.close();
    });
    this.body.addEventListener("keydown", (event) => {
      const isField =
        event.target.matches("input[type=text], input[type=email], input[type=url]") &&
        !event.target.matches("[role=combobox]");
      if (event.key === "Enter" && isField && !event.defaultPrevented) this.submit();
    });
  }

  refresh() {
    return this.refresher.refresh();
  }

  async #load() {
    const answer = await this.session.ask("views");
    if (!answer.ok) {
      this.session.complain("The open forms cannot be shown", answer);
      return;
    }
    this.#show(answer.stack || []);
  }

  #show(stack) {
    const ids = new Set(stack.map((view) => view.id));
    for (const id of [...this.open.keys()]) if (!ids.has(id)) this.open.delete(id);
    for (const view of stack) this.#keep(view);
    const before = this.top;
    this.top = stack.at(-1) || null;
    if (!this.top) {
      this.#hide();
      return;
    }
    this.#draw(stack.length, before);
    const words = wordsOf(this.top.title, this.session.directory);
    this.session.dispatchEvent(new CustomEvent("shown", { detail: { text: words, blocks: this.top.blocks } }));
  }

  #keep(view) {
    const known = this.open.get(view.id);
    if (known) {
      if (known.view.hash !== view.hash) known.localErrors = null;
      known.view = view;
      return;
    }
    const surface = new Surface({
      kind: "modal",
      directory: this.session.directory,
      act: (action) => this.#act(view.id, action),
      loadOptions: (type, blockId, actionId, value) =>
        this.session.ask("options", { type, view_id: view.id, block_id: blockId, action_id: actionId, value }),
    });
    this.open.set(view.id, { view, surface, localErrors: null, scroll: 0 });
  }

  #draw(count, before) {
    const { view, surface, localErrors, scroll } = this.open.get(this.top.id);
    const isOther = !before || before.id !== view.id;
    if (isOther && before && this.open.has(before.id)) this.open.get(before.id).scroll = this.body.scrollTop;
    const errors = localErrors || view.errors || {};
    this.title.textContent = wordsOf(view.title, this.session.directory);
    this.depth.textContent = count > 1 ? `Step ${count}` : "";
    this.back.hidden = count < 2;
    surface.draw(view.blocks, { errors, values: view.state?.values });
    if (surface.node.parentElement !== this.body) fill(this.body, surface.node);
    this.#drawFoot(view, isOther);
    if (!this.dialog.open) this.dialog.showModal();
    if (isOther) this.#arrive(scroll);
    if (Object.keys(errors).length) this.body.querySelector("[aria-invalid=true], .input-block-invalid input")?.focus();
  }

  #drawFoot(view, isOther) {
    const words = (text, fallback) => (text ? wordsOf(text, this.session.directory) : fallback);
    const source = JSON.stringify([view.id, view.submit, view.close]);
    if (source === this.footSource) return;
    this.footSource = source;
    if (isOther) this.trouble.textContent = "";
    const close = el(
      "button",
      { type: "button", class: "button" },
      words(view.close, view.submit ? "Cancel" : "Close"),
    );
    close.addEventListener("click", () => this.close());
    this.submitButton = view.submit
      ? el("button", { type: "button", class: "button button-primary" }, words(view.submit))
      : null;
    this.submitButton?.addEventListener("click", () => this.submit());
    fill(this.foot, this.trouble, close, this.submitButton);
  }

  #arrive(scroll) {
    this.body.scrollTop = scroll;
    const first = this.body.querySelector("[autofocus], input:not([type=hidden]), textarea");
    (first || this.title).focus({ preventScroll: scroll > 0 });
  }

  #hide() {
    this.footSource = null;
    if (!this.dialog.open) return;
    this.dialog.close();
    fill(this.body);
    if (document.activeElement === document.body) this.focusAfter();
  }

  async #act(viewId, action) {
    const { surface } = this.open.get(viewId);
    const body = {
      ...action,
      container: { type: "view", view_id: viewId },
      state: { values: surface.values.report() },
    };
    const answer = await this.session.tell("action", body, "The click did not arrive");
    await this.refresh();
    return answer;
  }

  /** Sends the form; the app answers with errors, another view, or by closing it. */
  async submit() {
    if (!this.top || !this.submitButton || this.isBusy) return;
    const { view, surface } = this.open.get(this.top.id);
    this.#busy(true);
    const answer = await this.session.tell(
      "submit",
      { view_id: view.id, values: surface.values.report() },
      "The form was not sent",
    );
    this.#busy(false);
    const kept = this.open.get(view.id);
    const errors = answer.errors || {};
    if (kept) kept.localErrors = Object.keys(errors).length ? errors : null;
    const isTrouble = !answer.ok && !kept?.localErrors;
    this.trouble.textContent = isTrouble ? answer.message || sentenceFor(answer.error) : "";
    await this.refresh();
  }

  #busy(isBusy) {
    this.isBusy = isBusy;
    if (!this.submitButton) return;
    if (isBusy) this.submitButton.setAttribute("aria-busy", "true");
    else this.submitButton.removeAttribute("aria-busy");
  }

  /** Closes the top view, or with `isAll` the whole stack. */
  async close({ isAll = false } = {}) {
    if (!this.top || this.closing === this.top.id) return;
    // The app is told first, which takes a moment: a second click is for the same view.
    this.closing = this.top.id;
    await this.session.tell("close", { view_id: this.top.id, clear_all: isAll }, "The form was not closed");
    await this.refresh();
    this.closing = null;
  }
}
