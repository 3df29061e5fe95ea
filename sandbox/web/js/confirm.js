import { el, freshId } from "./dom.js";
import { drawText } from "./text/text_object.js";

/**
 * Asks the reader the question of a Block Kit `confirm` object in a dialog of its own. Gives true when confirmed; false
 * for the deny button, Escape and a closed dialog. Focus goes back to where it was.
 */
export function askConfirmation(confirm, surface) {
  const directory = surface.directory;
  const title = el("h2", { class: "dialog-title", id: freshId("confirm") }, drawText(confirm.title, directory));
  const text = el("div", { class: "dialog-text", id: freshId("confirm-text") }, drawText(confirm.text, directory));
  const words = (object, fallback) => (object ? drawText(object, directory) : fallback);
  const deny = el("button", { type: "button", class: "button" }, words(confirm.deny, "Cancel"));
  const yes = el(
    "button",
    { type: "button", class: `button ${confirm.style === "danger" ? "button-danger-solid" : "button-primary"}` },
    words(confirm.confirm, "Confirm"),
  );
  const dialog = el(
    "dialog",
    { class: "dialog confirm", role: "alertdialog", "aria-labelledby": title.id, "aria-describedby": text.id },
    title,
    text,
    el("div", { class: "dialog-buttons" }, deny, yes),
  );
  return new Promise((resolve) => {
    let isConfirmed = false;
    deny.addEventListener("click", () => dialog.close());
    yes.addEventListener("click", () => {
      isConfirmed = true;
      dialog.close();
    });
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(isConfirmed);
    });
    document.body.append(dialog);
    dialog.showModal();
    (confirm.style === "danger" ? deny : yes).focus();
  });
}
