/* The ServiceNow page: puts its parts together and follows the server's events. */

import { get } from "../api.js";
import { debounced, el, fill } from "../dom.js";
import { icon } from "../icons.js";
import { listen } from "../stream.js";
import { followTheme, themeSwitch } from "../theme.js";
import { Faults } from "./faults.js";
import { Find } from "./find.js";
import { Record } from "./record.js";
import { Requests } from "./requests.js";
import { tabbed } from "./tabs.js";

const SERVICE_ACCOUNT = "grcpush.svc";

class Page {
  constructor(about) {
    this.about = about;
    this.find = new Find({ systems: about.systems, onChoose: (sysId) => this.choose(sysId) });
    this.record = new Record({ users: about.users, serviceAccount: SERVICE_ACCOUNT, onClose: () => this.choose(null) });
    this.faults = new Faults(about);
    this.requests = new Requests();
    this.side = tabbed("Faults and requests", [
      { id: "faults", label: "Faults & settings", panel: this.faults.node },
      { id: "requests", label: "Requests", panel: this.requests.node },
    ]);
    this.signal = el("span", { class: "signal", role: "status" });
    this.layout = el(
      "div",
      { class: "sn-layout" },
      this.find.node,
      el("main", { class: "sn-main" }, this.record.node),
      el("aside", { class: "sn-side", "aria-label": "Faults and requests" }, this.side.node),
    );
    this.refreshSoon = debounced(() => this.#refreshRecords(), 120);
    window.addEventListener("popstate", () => this.#fromAddress());
  }

  #bar() {
    const back = this.about.links?.slack;
    return el(
      "header",
      { class: "topbar" },
      el(
        "a",
        { class: "brand", href: "/" },
        el("img", { src: "/sandbox/web/favicon.svg", alt: "", width: 26, height: 26 }),
        el(
          "span",
          { class: "brand-words" },
          el("strong", {}, "ServiceNow sandbox"),
          el("span", { class: "brand-team" }, `instance ${this.about.instance}`),
        ),
      ),
      this.signal,
      this.#jump(),
      back ? el("a", { class: "button button-small", href: back }, icon("thread"), "Workspace") : null,
      themeSwitch(),
    );
  }

  /* On a phone the side column lies below the record, so the bar leads there. */
  #jump() {
    const button = el("button", { type: "button", class: "button button-small sn-jump" }, icon("bolt"), "Faults");
    button.addEventListener("click", () => {
      this.side.choose("faults");
      this.side.node.scrollIntoView();
    });
    return button;
  }

  start() {
    fill(document.body, this.#bar(), this.layout);
    this.find.refresh();
    this.faults.refresh();
    this.requests.refresh();
    this.#fromAddress();
    listen("events", {
      names: ["commit", "request", "fault", "settings"],
      onEvent: (data, name) => this.#on(name, data),
      onOpen: () => this.#refreshAll(),
      onState: (state) => fill(this.signal, state === "lost" ? [icon("warning"), "Reconnecting…"] : null),
    });
  }

  #fromAddress() {
    this.#show(new URLSearchParams(location.search).get("sys_id"));
  }

  /** Opens a record and puts it into the address; null goes back to the list. */
  choose(sysId) {
    history.pushState(null, "", sysId ? `?table=${this.about.table}&sys_id=${sysId}` : "/");
    this.#show(sysId);
  }

  #show(sysId) {
    this.layout.classList.toggle("sn-with-record", Boolean(sysId));
    this.find.mark(sysId);
    if (sysId) this.record.open(sysId);
    else this.record.showNothing();
  }

  #on(name, data) {
    if (name === "request") {
      this.requests.add(data);
      this.#faultsSoon();
    } else if (name === "commit") this.refreshSoon();
    else if (name === "fault") this.faults.update(data);
    else this.faults.showSettings(data);
  }

  /* The counts of the faults move with the requests; asking at each of them would be too much. */
  #faultsSoon = debounced(() => {
    if (!this.faults.node.contains(document.activeElement) || document.activeElement.matches("[role=switch]"))
      this.faults.refresh();
  }, 600);

  #refreshRecords() {
    this.find.refresh();
    this.record.refresh();
  }

  #refreshAll() {
    this.#refreshRecords();
    this.faults.refresh();
    this.requests.refresh();
  }
}

async function start() {
  followTheme();
  const about = await get("about");
  if (!about.ok) {
    fill(document.getElementById("loading"), "The sandbox does not answer. Start it again and reload this page.");
    return;
  }
  new Page(about).start();
}

start();
