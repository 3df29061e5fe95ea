import { debounced, el, fill, freshId } from "../dom.js";
import { drawHtml } from "./safe_html.js";

const ADDITIONS = [
  " The system owner confirms this every quarter.",
  " Exceptions are approved in writing and end after 90 days.",
  " The records are kept for three years.",
];

/* A sentence goes inside the last paragraph or list item, where somebody would have written it. */
function add(field, sentence) {
  const html = field.value;
  const end = Math.max(html.lastIndexOf("</p>"), html.lastIndexOf("</li>"));
  const place = end < 0 ? html.length : end;
  field.setRangeText(sentence, place, place, "select");
  field.focus();
}

function labelled(label, control) {
  control.id = freshId("field");
  return el("div", { class: "editor-field" }, el("label", { for: control.id }, label), control);
}

/**
 * The form that changes the text of a record as somebody else. `save({ value, by, stamps })` is told what to do;
 * `cancel()` closes the form.
 */
export function drawEditor({ text, users, save, cancel }) {
  const source = el("textarea", { class: "input editor-source", rows: 10, spellcheck: "false" });
  source.value = text;
  const preview = el("div", { class: "editor-preview" }, drawHtml(text));
  const show = debounced(() => fill(preview, drawHtml(source.value)), 120);
  source.addEventListener("input", show);
  const by = el(
    "select",
    { class: "input" },
    users.map((user) => el("option", { value: user.user_name }, `${user.name} (${user.user_name})`)),
  );
  const quiet = el("input", { type: "checkbox" });
  let turn = Math.floor(Math.random() * ADDITIONS.length);
  const suggest = el("button", { type: "button", class: "button button-small" }, "Write a sentence for me");
  suggest.addEventListener("click", () => {
    add(source, ADDITIONS[turn++ % ADDITIONS.length]);
    show();
  });
  const submit = el("button", { type: "submit", class: "button button-primary" }, "Save");
  const leave = el("button", { type: "button", class: "button" }, "Cancel");
  leave.addEventListener("click", cancel);
  const form = el(
    "form",
    { class: "editor" },
    labelled("Text, as HTML", source),
    el("div", {}, suggest),
    labelled("How it will look", preview),
    labelled("Save as", by),
    el(
      "label",
      { class: "choice" },
      quiet,
      el(
        "span",
        { class: "choice-words" },
        "Leave no trace",
        el(
          "span",
          { class: "choice-description" },
          "Like a script that moves neither the update counter nor the time stamps",
        ),
      ),
    ),
    el("div", { class: "editor-buttons" }, submit, leave),
  );
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    submit.setAttribute("aria-busy", "true");
    await save({ value: source.value, by: by.value, stamps: !quiet.checked });
    submit.removeAttribute("aria-busy");
  });
  return { node: form, focus: () => source.focus() };
}
