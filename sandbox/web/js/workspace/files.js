import { el, fill } from "../dom.js";
import { icon } from "../icons.js";

const READABLE = /^(text\/|application\/(json|csv|xml))/;
const READABLE_NAME = /\.(txt|diff|patch|csv|json|md|log)$/i;
const LARGEST_PREVIEW = 400_000;

function sizeOf(bytes) {
  if (bytes === undefined || bytes === null) return "";
  if (bytes < 1000) return `${bytes} bytes`;
  return bytes < 1_000_000 ? `${(bytes / 1000).toFixed(1)} kB` : `${(bytes / 1_000_000).toFixed(1)} MB`;
}

/* Added and removed lines of a diff are told by their sign; the colour only helps the eye. */
function diffLine(line) {
  const kind = { "+": "added", "-": "removed", "@": "place" }[line[0]];
  return el("span", { class: kind ? `diff-${kind}` : null }, line, "\n");
}

function drawText(text, isDiff) {
  return el(
    "pre",
    { class: "file-preview", tabindex: "0" },
    el("code", {}, isDiff ? text.split("\n").map(diffLine) : text),
  );
}

async function load(file, place, isDiff) {
  const answer = await fetch(`/sandbox/api/file/${encodeURIComponent(file.id)}`).catch(() => null);
  if (!answer || !answer.ok) fill(place, el("p", { class: "quiet" }, "This file cannot be read."));
  else fill(place, drawText(await answer.text(), isDiff));
}

function previewOf(file) {
  const name = file.name || file.title || "";
  const isReadable = READABLE.test(file.mimetype || "") || READABLE_NAME.test(name);
  if (!isReadable || (file.size || 0) > LARGEST_PREVIEW) return null;
  const isDiff = /\.(diff|patch)$/i.test(name) || ["diff", "patch"].includes(file.filetype);
  const place = el("div", { class: "preview" });
  const box = el("details", { class: "file-details" }, el("summary", {}, "Show what is in it"), place);
  box.addEventListener("toggle", () => {
    if (box.open && !place.childElementCount) load(file, place, isDiff);
  });
  return box;
}

function drawFile(file) {
  const address = `/sandbox/api/file/${encodeURIComponent(file.id)}`;
  const title = file.title || file.name || "File";
  if ((file.mimetype || "").startsWith("image/")) {
    return el(
      "figure",
      { class: "image-block" },
      el("figcaption", { class: "quiet" }, title),
      el("img", { class: "image-large", src: address, alt: file.alt_txt || title }),
    );
  }
  const kind = [file.pretty_type || file.filetype, sizeOf(file.size)].filter(Boolean).join(" · ");
  const download = el(
    "a",
    {
      class: "icon-button",
      href: address,
      download: file.name || "file",
      "aria-label": `Download ${title}`,
      title: "Download",
    },
    icon("download"),
  );
  const words = el("div", { class: "file-words" }, el("strong", {}, title), el("span", { class: "quiet" }, kind));
  return el(
    "div",
    { class: "file" },
    el("div", { class: "file-card" }, el("span", { class: "file-icon" }, icon("file")), words, download),
    previewOf(file),
  );
}

/** Cards for the files of a message; a text file can be read in place. */
export function drawFiles(files) {
  return files.map(drawFile);
}
