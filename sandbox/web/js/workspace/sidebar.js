import { el, fill } from "../dom.js";
import { icon } from "../icons.js";
import { avatar } from "./avatar.js";

function entry({ href, sign, label, unread, isHere, isQuiet }) {
  const className = ["side-link", unread ? "side-link-unread" : "", isQuiet ? "side-link-quiet" : ""].join(" ");
  const attributes = {
    class: className,
    href,
    "aria-current": isHere ? "page" : null,
    "aria-label": unread ? `${label}, ${unread} unread` : null,
  };
  const count = unread ? el("span", { class: "unread" }, unread > 99 ? "99+" : unread) : null;
  return el("li", {}, el("a", attributes, sign, el("span", { class: "side-label" }, label), count));
}

function signOf(channel) {
  return icon(channel.is_private ? "lock" : channel.is_shared ? "shared" : "hash");
}

function section(title, entries) {
  return entries.length
    ? el("section", {}, el("h2", { class: "side-title" }, title), el("ul", { class: "side-list" }, entries))
    : null;
}

/** The list of places: the app, channels and direct messages, with what is unread in each. */
export class Sidebar {
  constructor(session) {
    this.session = session;
    this.node = el("nav", { class: "sidebar", "aria-label": "Channels and messages" });
  }

  /** Draws the list; `here` is the id of the place on show. */
  show(here) {
    this.here = here;
    const { state, directory } = this.session;
    const channels = state.channels.map((channel) =>
      entry({
        href: `#${channel.id}`,
        sign: signOf(channel),
        label: channel.name,
        unread: channel.unread,
        isHere: here === channel.id,
        isQuiet: !channel.is_member,
      }),
    );
    const direct = state.dms.map((dm) => {
      const isBot = dm.user === state.bot?.user_id;
      const person = directory.person(dm.user) || { id: dm.user, name: dm.user };
      const name = person.real_name || person.name;
      return entry({
        href: `#${dm.id}`,
        sign: avatar({ id: person.id, name, isApp: isBot }, "avatar-tiny"),
        label: name,
        unread: dm.unread,
        isHere: here === dm.id,
      });
    });
    const home = state.bot
      ? [
          entry({
            href: "#home",
            sign: icon("home"),
            label: `${state.bot.name} Home`,
            unread: 0,
            isHere: here === "home",
          }),
        ]
      : [];
    fill(this.node, section("Channels", channels), section("Direct messages", direct), section("App", home));
  }
}
