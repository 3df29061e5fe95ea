/*
 * Draws the HTML of a record's text without trusting it: the markup is parsed apart from the page, and only known elements
 * are made anew, without attributes but for a safe link and a colour.
 */

import { el } from "../dom.js";
import { isSafeUrl } from "../text/references.js";

const KEPT = new Set([
  "P",
  "BR",
  "DIV",
  "SPAN",
  "STRONG",
  "B",
  "EM",
  "I",
  "U",
  "S",
  "DEL",
  "INS",
  "SUB",
  "SUP",
  "UL",
  "OL",
  "LI",
  "BLOCKQUOTE",
  "PRE",
  "CODE",
  "HR",
  "TABLE",
  "THEAD",
  "TBODY",
  "TFOOT",
  "TR",
  "TH",
  "TD",
  "CAPTION",
  "H1",
  "H2",
  "H3",
  "H4",
  "H5",
  "H6",
  "A",
  "FONT",
]);
const DROPPED = new Set(["SCRIPT", "STYLE", "IFRAME", "OBJECT", "EMBED", "TEMPLATE", "TITLE", "META", "LINK"]);
const STYLED = /(?:^|;)\s*color\s*:\s*([^;!]+)/i;
const COLOR = /^(#[0-9a-f]{3,8}|[a-z]+|rgba?\([\d\s.,%]+\))$/i;

function attributesOf(node) {
  if (node.tagName !== "A") return {};
  const href = node.getAttribute("href") || "";
  return isSafeUrl(href) ? { href, target: "_blank", rel: "noopener noreferrer" } : {};
}

function colorOf(node) {
  const styled = STYLED.exec(node.getAttribute("style") || "");
  const color = (styled ? styled[1] : node.getAttribute("color") || "").trim();
  return COLOR.test(color) ? color : "";
}

function copy(node) {
  if (node.nodeType === Node.TEXT_NODE) return [document.createTextNode(node.data)];
  if (node.nodeType !== Node.ELEMENT_NODE || DROPPED.has(node.tagName)) return [];
  const children = [...node.childNodes].flatMap(copy);
  if (!KEPT.has(node.tagName)) return children;
  const made = el(node.tagName === "FONT" ? "span" : node.tagName.toLowerCase(), attributesOf(node), children);
  const color = colorOf(node);
  if (color) made.style.color = color;
  return [made];
}

/** The nodes to show for the text of a record. */
export function drawHtml(html) {
  const parsed = new DOMParser().parseFromString(html, "text/html");
  return el("div", { class: "record-text" }, [...parsed.body.childNodes].flatMap(copy));
}
