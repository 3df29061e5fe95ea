/* The workspace page: puts its parts together and leads from the address and the events to what is on show. */

import { el, fill } from "../dom.js";
import { listen } from "../stream.js";
import { followTheme } from "../theme.js";
import { toast } from "../toasts.js";
import { Conversation, describe } from "./conversation.js";
import { Guide } from "./guide.js";
import { Home } from "./home.js";
import { Modals } from "./modals.js";
import { Session } from "./session.js";
import { Sidebar } from "./sidebar.js";
import { ThreadPane } from "./thread_pane.js";
import { Topbar } from "./topbar.js";

const FIRST_PERSON = "U0EDITOR";
const QUIET_MILLISECONDS = 1000;
const FIRST_CHANNEL = "grc-pushes";

/* The modal was drawn anew or closed meanwhile, by a person who was quicker than the app: nothing went wrong. */
const EVERYDAY = new Set(["hash_conflict", "not_found"]);

class Page {
  constructor(session) {
    this.session = session;
    this.voice = el("div", { class: "spoken", "aria-live": "polite" });
    this.guide = new Guide(session);
    this.sidebar = new Sidebar(session);
    this.topbar = new Topbar(session, { onMenu: () => this.toggleMenu(), guide: this.guide });
    this.main = el("main", { class: "main" });
    this.side = el("div", { class: "side-pane" });
    this.shade = el("div", { class: "shade", "aria-hidden": "true" });
    this.shade.addEventListener("click", () => this.toggleMenu(false));
    this.layout = el("div", { class: "layout" }, this.sidebar.node, this.guide.node, this.shade, this.main, this.side);
    this.modals = new Modals(session, { focusAfter: () => this.place?.composer?.field.focus() });
    session.addEventListener("unread", () => this.sidebar.show(this.here));
    session.addEventListener("state", () => this.sidebar.show(this.here));
    window.addEventListener("hashchange", () => this.route());
    document.addEventListener(
      "visibilitychange",
      () => document.visibilityState === "visible" && this.place?.refresh(),
    );
  }

  start() {
    fill(document.body, this.topbar.node, this.layout, this.voice, this.modals.dialog);
    this.route();
    this.modals.refresh();
    listen(`events?as=${encodeURIComponent(this.session.as)}`, {
      onEvent: (event) => this.onEvent(event),
      onOpen: () => this.refreshAll(),
      onState: (state) => this.topbar.signalState(state),
    });
  }

  /** Shows the place the address names: `#home`, `#<channel>` or `#<channel>/<thread>`. */
  route() {
    const [place, thread = null] = decodeURIComponent(location.hash.slice(1)).split("/");
    const isKnown = place === "home" || describe(this.session, place);
    const here = isKnown ? place : this.#firstPlace();
    const isOther = here !== this.here;
    if (isOther) this.#showPlace(here);
    this.#showThread(here === "home" ? null : thread);
    this.sidebar.show(here);
    this.topbar.show();
    this.toggleMenu(false);
    if (isOther && !this.isFirst && !thread) this.main.querySelector(".pane-title").focus({ preventScroll: true });
    this.isFirst = false;
  }

  isFirst = true;

  #firstPlace() {
    const { channels } = this.session.state;
    return (channels.find((channel) => channel.name === FIRST_CHANNEL) || channels[0]).id;
  }

  #showPlace(here) {
    this.here = here;
    const name = here === "home" ? "Home" : describe(this.session, here).title;
    document.title = `${name} · Sandbox workspace`;
    if (here === "home") {
      this.place = new Home(this.session);
      fill(this.main, this.place.node);
      this.place.open();
      return;
    }
    this.place = new Conversation(this.session, here, {
      openThread: (ts) => {
        location.hash = `#${here}/${ts}`;
      },
      announce: (messages) => this.announce(messages),
    });
    fill(this.main, this.place.node);
    this.place.refresh();
  }

  #showThread(ts) {
    if (this.thread?.ts === ts && this.thread?.channel === this.here) return;
    const before = this.thread;
    this.thread = null;
    this.layout.classList.toggle("layout-with-thread", Boolean(ts));
    fill(this.side);
    if (!ts) {
      if (before && before.channel === this.here) this.#focusMessage(before.ts);
      return;
    }
    this.thread = new ThreadPane(this.session, this.here, ts, {
      onClose: () => {
        location.hash = `#${this.here}`;
      },
      announce: (messages) => this.announce(messages),
    });
    fill(this.side, this.thread.node);
    this.thread.refresh();
    if (!this.isFirst) this.thread.focus();
  }

  #focusMessage(ts) {
    const message = this.main.querySelector(`[data-ts="${CSS.escape(ts)}"]`);
    const way = message?.querySelector(".replies") || message?.querySelector(".message-reply");
    (way || this.place.composer?.field)?.focus();
  }

  /** Reads new messages of others aloud. */
  announce(messages) {
    const { directory, as } = this.session;
    const words = messages
      .filter((message) => message.user !== as)
      .map((message) => `${directory.authorOf(message)}: ${message.text}`);
    if (words.length) this.voice.textContent = words.join(" ");
  }

  onEvent(event) {
    if (event.type === "refused") this.#onRefused(event);
    else if (event.type === "delivery_failed") setTimeout(() => this.#onFailedDelivery(event), QUIET_MILLISECONDS);
    else if (event.type === "views") this.modals.refresh();
    else if (event.type === "home") {
      if (this.here === "home") this.place.refresh();
    } else this.#onMessage(event);
  }

  #onRefused({ method, reason, details = [] }) {
    if (method === "views.update" && EVERYDAY.has(reason)) return;
    toast("Slack refused a call of the app", [reason, ...details].filter(Boolean).join("; "), { code: method });
  }

  /* Where the person's own call has just been refused, that notice says it already. */
  #onFailedDelivery(event) {
    if (Date.now() - this.session.complainedAt < 2 * QUIET_MILLISECONDS) return;
    toast("The app did not take what was sent to it", `${event.name || "An event"}: ${event.reason || "no answer"}`);
  }

  #onMessage(event) {
    if (event.channel === this.here) this.place.refresh();
    else this.session.load();
    const isInThread = this.thread && event.channel === this.thread.channel;
    if (isInThread && (!event.thread_ts || event.thread_ts === this.thread.ts || event.ts === this.thread.ts))
      this.thread.refresh();
  }

  refreshAll() {
    this.session.load();
    this.place.refresh();
    this.thread?.refresh();
    this.modals.refresh();
  }

  toggleMenu(isOpen = !this.layout.classList.contains("layout-menu-open")) {
    this.layout.classList.toggle("layout-menu-open", isOpen);
    this.topbar.menu.setAttribute("aria-expanded", String(isOpen));
    if (isOpen) this.sidebar.node.querySelector("[aria-current=page]")?.focus();
  }
}

async function start() {
  followTheme();
  const session = new Session(new URLSearchParams(location.search).get("as") || FIRST_PERSON);
  if (!(await session.load())) {
    fill(document.getElementById("loading"), "The sandbox does not answer. Start it again and reload this page.");
    return;
  }
  new Page(session).start();
}

start();
