import { el, fragment } from "../dom.js";
import { mrkdwn, plain } from "./mrkdwn.js";

/** The nodes of a Block Kit text object, plain_text or mrkdwn; nothing for a missing one. */
export function drawText(text, directory) {
  if (!text) return fragment();
  if (text.type === "mrkdwn") return mrkdwn(text.text || "", directory, { verbatim: text.verbatim === true });
  const shown = text.emoji === false ? text.text || "" : plain(text.text || "");
  return fragment(shown.split("\n").map((line, index) => (index ? [el("br"), line] : line)));
}

/** The words of a text object without its markup, for labels read aloud. */
export function wordsOf(text, directory) {
  return text ? el("div", {}, drawText(text, directory)).textContent : "";
}
