import { el } from "../dom.js";
import { icon } from "../icons.js";
import { menuButton } from "../menu.js";
import { drawText } from "../text/text_object.js";
import { isSafeUrl } from "../text/references.js";

/** The "more actions" menu: two to five choices, each reported at once. */
export function drawOverflow(element, slot) {
  const button = el(
    "button",
    {
      type: "button",
      class: "button button-icon",
      "aria-label": "More actions",
      "aria-describedby": slot.describedBy,
      data: slot.focusKey(),
    },
    icon("more"),
  );
  const items = (element.options || []).map((option) => ({
    href: option.url && isSafeUrl(option.url) ? option.url : null,
    node: el(
      "span",
      { class: "option-words" },
      el("span", {}, drawText(option.text, slot.surface.directory)),
      option.description
        ? el("span", { class: "option-description" }, drawText(option.description, slot.surface.directory))
        : null,
    ),
    run: async () => {
      button.focus();
      await slot.send({ selected_option: option });
    },
  }));
  return menuButton(button, items, "More actions");
}
