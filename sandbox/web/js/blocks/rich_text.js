import { el } from "../dom.js";
import { emojiFor } from "../text/emoji.js";
import { channelMention, dateNode, groupMention, link, personMention } from "../text/references.js";

/* From the outermost to the innermost element. */
const STYLES = [
  ["bold", "strong"],
  ["italic", "em"],
  ["strike", "s"],
  ["underline", "u"],
  ["highlight", "mark"],
  ["code", "code"],
];

function styled(node, style = {}) {
  return STYLES.filter(([name]) => style[name]).reduceRight((inner, [, tag]) => el(tag, {}, inner), node);
}

function withBreaks(text) {
  return text.split("\n").flatMap((line, index) => (index ? [el("br"), line] : [line]));
}

function emojiNode(part) {
  const character = part.unicode
    ? String.fromCodePoint(...part.unicode.split("-").map((code) => parseInt(code, 16)))
    : emojiFor(part.name);
  return character
    ? el("span", { class: "emoji", role: "img", "aria-label": part.name.replace(/_/g, " ") }, character)
    : `:${part.name}:`;
}

const INLINE = {
  text: (part) => withBreaks(part.text || ""),
  link: (part, directory) => link(part.url, part.text || part.url, directory),
  user: (part, directory) => personMention(part.user_id, directory),
  channel: (part, directory) => channelMention(part.channel_id, directory),
  usergroup: (part, directory) => groupMention(part.usergroup_id, directory),
  broadcast: (part) => el("span", { class: "mention mention-me" }, `@${part.range}`),
  emoji: emojiNode,
  date: (part, directory) =>
    dateNode(part.timestamp, part.format || "{date}", directory, { url: part.url, fallback: part.fallback }),
  color: (part) => el("span", { class: "color-name" }, swatch(part.value), part.value),
};

function swatch(value) {
  const node = el("span", { class: "color-swatch", "aria-hidden": "true" });
  node.style.backgroundColor = value;
  return node;
}

function drawInline(part, directory) {
  const draw = INLINE[part.type];
  if (!draw) return el("span", { class: "cannot-draw" }, `[cannot draw ${part.type}]`);
  const nodes = [draw(part, directory)].flat();
  return part.style ? styled(el("span", {}, nodes), part.style) : nodes;
}

function drawParts(parts, directory) {
  return (parts || []).map((part) => drawInline(part, directory));
}

function drawList(part, directory) {
  const indent = Math.min(part.indent || 0, 8);
  return el(
    part.style === "ordered" ? "ol" : "ul",
    {
      class: `rich-list rich-list-indent-${indent}${part.border ? " rich-border" : ""}`,
      data: { depth: indent % 3 },
      start: part.style === "ordered" && part.offset ? part.offset + 1 : null,
    },
    (part.elements || []).map((item) => el("li", {}, drawPart(item, directory))),
  );
}

const PARTS = {
  rich_text_section: (part, directory) => el("div", { class: "rich-section" }, drawParts(part.elements, directory)),
  rich_text_list: drawList,
  rich_text_quote: (part, directory) => el("blockquote", {}, drawParts(part.elements, directory)),
  rich_text_preformatted: (part, directory) => el("pre", {}, el("code", {}, drawParts(part.elements, directory))),
};

function drawPart(part, directory) {
  const draw = PARTS[part.type];
  return draw ? draw(part, directory) : el("div", { class: "cannot-draw" }, `Cannot draw ${part.type}`);
}

/** The node of a rich_text block (or a rich_text table cell). Its text is literal: no markup is read in it. */
export function drawRichText(block, directory) {
  return el(
    "div",
    { class: "rich-text" },
    (block.elements || []).map((part) => drawPart(part, directory)),
  );
}
