import { Surface } from "../blocks/surface.js";
import { el, fill } from "../dom.js";
import { avatar } from "./avatar.js";
import { Refresher } from "./refresher.js";

/** The app's Home tab of this person. */
export class Home {
  constructor(session) {
    this.session = session;
    const { bot } = session.state;
    this.surface = new Surface({
      kind: "home",
      directory: session.directory,
      act: (action) =>
        session.tell(
          "action",
          {
            ...action,
            container: { type: "view", view_id: this.viewId },
            state: { values: this.surface.values.report() },
          },
          "The click did not arrive",
        ),
      loadOptions: (type, blockId, actionId, value) =>
        session.ask("options", { type, view_id: this.viewId, block_id: blockId, action_id: actionId, value }),
    });
    this.body = el("div", { class: "home-body" }, el("p", { class: "quiet" }, "Loading…"));
    const title = el(
      "h1",
      { class: "pane-title", tabindex: "-1" },
      avatar({ name: bot.name, isApp: true }, "avatar-small"),
      `${bot.name} · Home`,
    );
    const head = el(
      "header",
      { class: "pane-head" },
      el("div", { class: "pane-words" }, title, el("span", { class: "pane-topic" }, "What the app shows to you alone")),
    );
    this.node = el(
      "div",
      { class: "conversation" },
      head,
      el("div", { class: "message-scroll", tabindex: "0", role: "region", "aria-label": "App Home" }, this.body),
    );
    this.refresher = new Refresher(() => this.#load());
  }

  /** Tells the app that its Home was opened, and shows what it publishes. */
  async open() {
    await this.refresh();
    await this.session.tell("home", {}, "The app was not told that its Home was opened");
    await this.refresh();
  }

  refresh() {
    return this.refresher.refresh();
  }

  async #load() {
    const answer = await this.session.ask("home");
    if (!answer.ok) {
      this.session.complain("Home cannot be shown", answer);
      return;
    }
    if (!answer.view) {
      fill(this.body, el("p", { class: "quiet" }, "The app has not published its Home for you yet."));
      return;
    }
    this.viewId = answer.view.id;
    this.surface.draw(answer.view.blocks, { values: answer.view.state?.values });
    if (this.surface.node.parentElement !== this.body) fill(this.body, this.surface.node);
  }
}
