import { el, fill } from "../dom.js";
import { icon } from "../icons.js";
import { themeSwitch } from "../theme.js";
import { avatar } from "./avatar.js";

/* Links, not a menu of scripts: each person is an address, so that two can be open in two windows. */
function personLink(person, session) {
  const isMe = person.id === session.as;
  const first = (person.real_name || person.name).split(" ")[0];
  return el(
    "a",
    {
      class: "person-link",
      href: `?as=${person.id}${location.hash}`,
      "aria-current": isMe ? "true" : null,
      "aria-label": `${isMe ? "Acting as" : "Act as"} ${person.real_name}, ${person.role}`,
      title: `${person.real_name} · ${person.role}${person.tz ? ` · ${person.tz}` : ""}`,
      data: { person: person.id },
    },
    avatar({ id: person.id, name: person.real_name }, "avatar-small"),
    el(
      "span",
      { class: "person-words" },
      el("span", { class: "person-name" }, first),
      el("span", { class: "person-role" }, person.role),
    ),
  );
}

/** The bar over the page: the workspace's name, whom one acts as, and the way to ServiceNow. */
export class Topbar {
  constructor(session, { onMenu, guide }) {
    this.session = session;
    const menu = el(
      "button",
      {
        type: "button",
        class: "icon-button topbar-menu",
        "aria-label": "Channels",
        "aria-expanded": "false",
        title: "Channels",
      },
      icon("menu"),
    );
    menu.addEventListener("click", () => onMenu());
    this.menu = menu;
    this.people = el("nav", { class: "people", "aria-label": "Act as" });
    this.signal = el("span", { class: "signal", role: "status" });
    this.node = el(
      "header",
      { class: "topbar" },
      menu,
      el(
        "a",
        { class: "brand", href: `?as=${session.as}` },
        el("img", { src: "/sandbox/web/favicon.svg", alt: "", width: 26, height: 26 }),
        el(
          "span",
          { class: "brand-words" },
          el("strong", {}, "Sandbox workspace"),
          el("span", { class: "brand-team" }, session.state.team?.name || ""),
        ),
      ),
      this.signal,
      el("span", { class: "people-label" }, "Act as"),
      this.people,
      this.#serviceNow(),
      guide.opener,
      themeSwitch(),
    );
    this.show();
  }

  #serviceNow() {
    const url = this.session.state.links?.servicenow;
    return url
      ? el(
          "a",
          {
            class: "button button-small topbar-out",
            href: url,
            target: "servicenow",
            "aria-label": "Open the ServiceNow sandbox",
          },
          icon("record"),
          el("span", { class: "topbar-out-words" }, "ServiceNow"),
        )
      : null;
  }

  /** Draws the switch again, so that each person leads to the place now on show. */
  show() {
    fill(
      this.people,
      this.session.offered.map((person) => personLink(person, this.session)),
    );
  }

  /** Says whether news arrive. */
  signalState(state) {
    fill(this.signal, state === "lost" ? [icon("warning"), "Reconnecting…"] : null);
  }
}
