/*
 * Slack's mrkdwn as DOM nodes: *bold*, _italic_, ~strike~, `code`, fenced code, > quotes, <references>, :emoji: and the
 * three entities. A marker counts only at the edge of a word and only when its partner stands on the same line.
 */

import { el, fragment } from "../dom.js";
import { emojiFor } from "./emoji.js";
import { link, reference, unescaped } from "./references.js";

const STYLES = { "*": "strong", _: "em", "~": "s" };
const EMOJI = /^:([a-z0-9_+'-]+(?:::skin-tone-[2-6])?):/;
const REFERENCE = /^<((?:[@#!]|[a-z][a-z0-9+.-]*:|\/)[^<>\n]*)>/i;
const URL_AHEAD = /^https?:\/\/[^\s<>|]+/;
const WORD = /[\p{L}\p{N}]/u;

/** `text` with shortcodes as characters, as plain_text shows it. */
export function plain(text) {
  return text.replace(/:([a-z0-9_+'-]+(?:::skin-tone-[2-6])?):/g, (whole, code) => emojiFor(code) || whole);
}

/**
 * The nodes for mrkdwn `text`. With `verbatim` no address is turned into a link by itself; what is written between
 * < and > is still read.
 */
export function mrkdwn(text, directory, { verbatim = false } = {}) {
  const context = { directory, verbatim };
  const nodes = [];
  text.split("```").forEach((part, index, all) => {
    const isFence = index % 2 === 1 && index < all.length - 1;
    if (isFence)
      nodes.push(el("pre", {}, el("code", {}, literal(part.replace(/^\n/, "").replace(/\n$/, ""), context))));
    else if (index % 2 === 1) nodes.push(lines("```" + part, context));
    else nodes.push(lines(besideFence(part, index, all.length), context));
  });
  return fragment(nodes);
}

/* The line breaks that touch a fenced part belong to it: the <pre> already stands on its own lines. */
function besideFence(part, index, count) {
  let text = part;
  if (index > 0) text = text.replace(/^\n/, "");
  if (index < count - 2) text = text.replace(/\n$/, "");
  return text;
}

/* Inside code only references and entities are read. */
function literal(text, { directory }) {
  return text.split(/(<[^<>\n]+>)/).map((part) => {
    const match = REFERENCE.exec(part);
    return match ? reference(match[1], directory) : unescaped(part);
  });
}

function quoteDepth(line) {
  const match = /^(&gt;|>)(?!>|&gt;) ?/.exec(line);
  return match ? match[0].length : 0;
}

function lines(text, context) {
  if (text === "") return [];
  const nodes = [];
  let quoted = [];
  let needsBreak = false;
  const endQuote = () => {
    if (quoted.length) nodes.push(el("blockquote", {}, joined(quoted, context)));
    quoted = [];
  };
  const all = text.split("\n");
  for (let i = 0; i < all.length; i += 1) {
    const long = /^(&gt;&gt;&gt;|>>>) ?/.exec(all[i]);
    const depth = quoteDepth(all[i]);
    if (long) {
      quoted = quoted.concat(all[i].slice(long[0].length), all.slice(i + 1));
      break;
    }
    if (depth) {
      quoted.push(all[i].slice(depth));
      needsBreak = false;
      continue;
    }
    endQuote();
    if (needsBreak) nodes.push(el("br"));
    nodes.push(inline(all[i], context));
    needsBreak = true;
  }
  endQuote();
  return nodes;
}

function joined(rows, context) {
  return rows.map((row, index) => (index ? [el("br"), inline(row, context)] : inline(row, context)));
}

/** The nodes of one line. */
function inline(text, context) {
  const nodes = [];
  let plainFrom = 0;
  let at = 0;
  const take = (length, node) => {
    if (at > plainFrom) nodes.push(unescaped(text.slice(plainFrom, at)));
    nodes.push(node);
    at += length;
    plainFrom = at;
  };
  while (at < text.length) {
    const found = inlineAt(text, at, context);
    if (found) take(found.length, found.node);
    else at += 1;
  }
  if (at > plainFrom) nodes.push(unescaped(text.slice(plainFrom)));
  return nodes;
}

/* What starts at `at`: its length in the text and its node, or null for an ordinary character. */
function inlineAt(text, at, context) {
  const sign = text[at];
  if (sign === "<") return angled(text, at, context);
  if (sign === "`") return codeAt(text, at, context);
  if (STYLES[sign]) return styledAt(text, at, context);
  if (sign === ":") return emojiAt(text, at);
  if (sign === "h" && !context.verbatim) return addressAt(text, at, context);
  return null;
}

function angled(text, at, { directory }) {
  const match = REFERENCE.exec(text.slice(at));
  return match ? { length: match[0].length, node: reference(match[1], directory, at === 0) } : null;
}

function codeAt(text, at, context) {
  const end = text.indexOf("`", at + 1);
  if (end < 0 || end === at + 1) return null;
  return { length: end - at + 1, node: el("code", {}, literal(text.slice(at + 1, end), context)) };
}

function emojiAt(text, at) {
  const match = EMOJI.exec(text.slice(at, at + 60));
  const character = match && emojiFor(match[1]);
  if (!character) return null;
  return {
    length: match[0].length,
    node: el("span", { class: "emoji", role: "img", "aria-label": match[1].replace(/_/g, " ") }, character),
  };
}

function addressAt(text, at, { directory }) {
  if (at > 0 && WORD.test(text[at - 1])) return null;
  const match = URL_AHEAD.exec(text.slice(at));
  if (!match) return null;
  const shown = match[0].replace(/[.,;:!?)\]'"*_~]+$/, "");
  const url = unescaped(shown);
  return { length: shown.length, node: link(url, url, directory) };
}

function styledAt(text, at, context) {
  const sign = text[at];
  if (at > 0 && WORD.test(text[at - 1])) return null;
  if (!/\S/.test(text[at + 1] || "") || text[at + 1] === sign) return null;
  const end = closing(text, at, sign);
  if (end < 0) return null;
  return { length: end - at + 1, node: el(STYLES[sign], {}, inline(text.slice(at + 1, end), context)) };
}

/* The partner of the marker at `at`: not after a space, not before a letter, not inside a reference or code. */
function closing(text, at, sign) {
  for (let i = at + 1; i < text.length; i += 1) {
    if (text[i] === "<") i = skipTo(text, i, ">");
    else if (text[i] === "`") i = skipTo(text, i, "`");
    else if (text[i] === sign && /\S/.test(text[i - 1]) && !WORD.test(text[i + 1] || "")) return i;
  }
  return -1;
}

function skipTo(text, from, sign) {
  const end = text.indexOf(sign, from + 1);
  return end < 0 ? from : end;
}
