import { el } from "../dom.js";
import { icon } from "../icons.js";
import { drawText, wordsOf } from "../text/text_object.js";
import { isSafeUrl } from "../text/references.js";

const STYLES = { primary: "button-primary", danger: "button-danger" };

function busy(node, isBusy) {
  if (isBusy) node.setAttribute("aria-busy", "true");
  else node.removeAttribute("aria-busy");
}

/** A button; with a `url` a link that opens beside this page and still reports the click, as Slack does. */
export function drawButton(element, slot) {
  const directory = slot.surface.directory;
  const common = {
    class: `button ${STYLES[element.style] || ""}`,
    "aria-label": element.accessibility_label || null,
    "aria-describedby": slot.describedBy,
    data: { ...slot.focusKey(), words: wordsOf(element.text, directory) },
  };
  const words = drawText(element.text, directory);
  const report = async (node) => {
    if (node.getAttribute("aria-busy")) return;
    busy(node, true);
    try {
      await slot.send({ value: element.value ?? null, text: element.text });
    } finally {
      busy(node, false);
    }
  };
  if (element.url && isSafeUrl(element.url)) {
    const here = directory.localLink ? directory.localLink(element.url) : null;
    const anchor = here
      ? el("a", { ...common, href: here }, words)
      : el("a", { ...common, href: element.url, target: "_blank", rel: "noopener noreferrer" }, words, icon("external"));
    anchor.addEventListener("click", () => report(anchor));
    return anchor;
  }
  const button = el("button", { ...common, type: "button" }, words);
  button.addEventListener("click", () => report(button));
  return button;
}
