import { el } from "../dom.js";
import { icon } from "../icons.js";
import { drawText } from "../text/text_object.js";
import { isSafeUrl } from "../text/references.js";

function sourceOf(image) {
  return (
    image.image_url || (image.slack_file && (image.slack_file.url || `/sandbox/api/file/${image.slack_file.id}`)) || ""
  );
}

/** A picture; where it cannot be loaded its alternative text stands instead. */
export function drawPicture(image, className) {
  const url = sourceOf(image);
  const alternative = image.alt_text || "";
  if (!isSafeUrl(url) && !url.startsWith("data:image/"))
    return el("span", { class: "image-missing" }, alternative || "picture");
  const picture = el("img", { class: className, src: url, alt: alternative, loading: "lazy" });
  picture.addEventListener("error", () =>
    picture.replaceWith(el("span", { class: "image-missing" }, alternative || "picture")),
  );
  return picture;
}

/** An image block with its title. */
export function drawImage(block, surface) {
  const title = block.title && el("figcaption", { class: "quiet" }, drawText(block.title, surface.directory));
  return el("figure", { class: "image-block" }, title, drawPicture(block, "image-large"));
}

/** A remote file named by a file block. */
export function drawFile(block) {
  return el(
    "div",
    { class: "file-card" },
    el("span", { class: "file-icon" }, icon("file")),
    el(
      "div",
      { class: "file-words" },
      el("strong", {}, block.external_id || "File"),
      el("span", { class: "quiet" }, `${block.source || "remote"} file`),
    ),
  );
}
