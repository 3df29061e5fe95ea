/*
 * The part of standard Markdown that Slack's `markdown` block draws: headings, paragraphs, lists, quotes, fences, rules,
 * and **bold**, *italic*, ~~strike~~, `code` and [links](url) inside a line.
 */

import { el, fragment } from "../dom.js";
import { link } from "./references.js";
import { plain } from "./mrkdwn.js";

const INLINE = [
  { pattern: /`([^`]+)`/, draw: (m) => el("code", {}, m[1]) },
  { pattern: /\[([^\]]+)\]\(((?:[^()\s]|\([^()\s]*\))+)\)/, draw: (m, d) => link(m[2], inline(m[1], d), d) },
  { pattern: /\*\*(?=\S)(.+?)\*\*/, draw: (m, d) => el("strong", {}, inline(m[1], d)) },
  { pattern: /__(?=\S)(.+?)__/, draw: (m, d) => el("strong", {}, inline(m[1], d)) },
  { pattern: /~~(?=\S)(.+?)~~/, draw: (m, d) => el("s", {}, inline(m[1], d)) },
  { pattern: /\*(?=\S)([^*]+)\*/, draw: (m, d) => el("em", {}, inline(m[1], d)) },
  { pattern: /(?<![\p{L}\p{N}])_(?=\S)([^_]+)_(?![\p{L}\p{N}])/u, draw: (m, d) => el("em", {}, inline(m[1], d)) },
];

function inline(text, directory) {
  let first = null;
  for (const rule of INLINE) {
    const match = rule.pattern.exec(text);
    if (match && (first === null || match.index < first.match.index)) first = { rule, match };
  }
  if (!first) return [plain(text)];
  const { rule, match } = first;
  return [
    plain(text.slice(0, match.index)),
    rule.draw(match, directory),
    ...inline(text.slice(match.index + match[0].length), directory),
  ];
}

const STARTS = {
  fence: /^```/,
  heading: /^(#{1,6})\s+(.*)$/,
  rule: /^([-*_])\s*(\1\s*){2,}$/,
  quote: /^>\s?/,
  item: /^(\s*)([-*+]|\d+[.)])\s+(.*)$/,
};

function kindOf(line) {
  if (line.trim() === "") return "blank";
  return Object.keys(STARTS).find((kind) => STARTS[kind].test(line)) || "paragraph";
}

/** The nodes for Markdown `text`. */
export function markdown(text, directory) {
  const rows = text.split("\n");
  const nodes = [];
  while (rows.length) {
    const kind = kindOf(rows[0]);
    if (kind === "blank") rows.shift();
    else nodes.push(BLOCKS[kind](rows, directory));
  }
  return fragment(nodes);
}

function takeWhile(rows, holds) {
  const taken = [];
  while (rows.length && holds(rows[0])) taken.push(rows.shift());
  return taken;
}

function drawFence(rows) {
  rows.shift();
  const body = takeWhile(rows, (row) => !STARTS.fence.test(row));
  rows.shift();
  return el("pre", {}, el("code", {}, body.join("\n")));
}

function drawHeading(rows, directory) {
  const [, signs, words] = STARTS.heading.exec(rows.shift());
  return el(
    "p",
    { class: `md-heading md-heading-${signs.length}`, role: "heading", "aria-level": signs.length + 2 },
    inline(words, directory),
  );
}

function drawQuote(rows, directory) {
  const body = takeWhile(rows, (row) => STARTS.quote.test(row)).map((row) => row.replace(STARTS.quote, ""));
  return el("blockquote", {}, markdown(body.join("\n"), directory));
}

function drawList(rows, directory) {
  const [, indent, marker] = STARTS.item.exec(rows[0]);
  const list = el(/\d/.test(marker) ? "ol" : "ul");
  while (rows.length && STARTS.item.test(rows[0])) {
    const [, depth, , words] = STARTS.item.exec(rows[0]);
    if (depth.length < indent.length) break;
    if (depth.length > indent.length) {
      (list.lastElementChild || list).append(drawList(rows, directory));
      continue;
    }
    rows.shift();
    list.append(el("li", {}, inline(words, directory)));
  }
  return list;
}

function drawParagraph(rows, directory) {
  const body = takeWhile(rows, (row) => kindOf(row) === "paragraph");
  return el(
    "p",
    {},
    body.map((row, index) => (index ? [el("br"), inline(row, directory)] : inline(row, directory))),
  );
}

const BLOCKS = {
  fence: drawFence,
  heading: drawHeading,
  rule: (rows) => {
    rows.shift();
    return el("hr");
  },
  quote: drawQuote,
  item: drawList,
  paragraph: drawParagraph,
};
