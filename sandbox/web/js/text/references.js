/*
 * What stands between < and > in Slack's text: links, people, channels, user groups, broadcasts and dates. Each becomes
 * a DOM node; an address that a browser might run (javascript: and its like) becomes plain text.
 */

import { el, fragment } from "../dom.js";
import { capitalized, exactTime, formatDate } from "./dates.js";

const SAFE = /^(https?:|mailto:|tel:|slack:|\/sandbox\/)/i;

/** `text` with Slack's three entities turned back into their characters. */
export function unescaped(text) {
  return text.replace(/&lt;/g, "<").replace(/&gt;/g, ">").replace(/&amp;/g, "&");
}

/** True when the page may offer this address as a link: a harmless scheme, and an address a browser can read. */
export function isSafeUrl(url) {
  return SAFE.test(url) && URL.canParse(url, location.href);
}

/** A link showing `children`, or these alone when the address is not one to follow. */
export function link(url, children, directory) {
  if (!isSafeUrl(url)) return fragment(children);
  const here = directory.localLink ? directory.localLink(url) : null;
  if (here) return el("a", { href: here }, children);
  return el("a", { href: url, target: "_blank", rel: "noopener noreferrer" }, children);
}

/** A mention of a person; `fallback` is shown for an id nobody has. */
export function personMention(id, directory, fallback) {
  const person = directory.person(id);
  const label = person ? person.name : fallback || id;
  const isMe = id === directory.me;
  return el(
    "span",
    { class: isMe ? "mention mention-me" : "mention", title: person ? person.real_name : null },
    `@${label}`,
  );
}

/** A mention of a channel, leading to it when it is known here. */
export function channelMention(id, directory, fallback) {
  const channel = directory.channel(id);
  const label = `#${channel ? channel.name : fallback || id}`;
  return channel ? el("a", { class: "mention", href: `#${id}` }, label) : el("span", { class: "mention" }, label);
}

/** A mention of a user group by its handle. */
export function groupMention(id, directory, fallback) {
  const group = directory.group ? directory.group(id) : null;
  const handle = group ? group.handle : fallback || id;
  return el("span", { class: "mention" }, handle.startsWith("@") ? handle : `@${handle}`);
}

/**
 * A moment in the reader's zone, with the exact time as its tooltip; `fallback` where the number is none. At the start of
 * a line "today" and its like get a capital letter.
 */
export function dateNode(unix, format, directory, { url, fallback, isFirst = false } = {}) {
  const shown = formatDate(unix, format, directory.tz);
  if (shown === null) return document.createTextNode(fallback || String(unix));
  const iso = new Date(Number(unix) * 1000).toISOString();
  const time = el(
    "time",
    { datetime: iso, title: exactTime(unix, directory.tz) },
    isFirst ? capitalized(shown) : shown,
  );
  return url ? link(url, time, directory) : time;
}

function special(body, label, directory, isFirst) {
  if (body.startsWith("subteam^")) return groupMention(body.slice(8), directory, label);
  if (body.startsWith("date^")) {
    const [unix, format, url] = body.slice(5).split("^");
    if (format === undefined) return document.createTextNode(label || body);
    return dateNode(unix, unescaped(format), directory, { url: url && unescaped(url), fallback: label, isFirst });
  }
  const word = body.split("^")[0];
  return el("span", { class: "mention mention-me" }, label || `@${word}`);
}

/** The node for the inside of one `<...>`; `isFirst` when it opens its line. */
export function reference(inside, directory, isFirst = false) {
  const bar = inside.indexOf("|");
  const body = bar < 0 ? inside : inside.slice(0, bar);
  const label = bar < 0 ? "" : unescaped(inside.slice(bar + 1));
  if (body.startsWith("@")) return personMention(body.slice(1), directory, label);
  if (body.startsWith("#")) return channelMention(body.slice(1), directory, label);
  if (body.startsWith("!")) return special(body.slice(1), label, directory, isFirst);
  const url = unescaped(body);
  return link(url, label || url.replace(/^mailto:/, ""), directory);
}
