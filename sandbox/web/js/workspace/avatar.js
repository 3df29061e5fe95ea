import { el } from "../dom.js";
import { icon } from "../icons.js";

/* Eight hues that stay readable under white letters. */
const HUES = ["#2f6f9f", "#8a5a16", "#7a4b94", "#2e7d54", "#a3434a", "#4a5fae", "#62702a", "#9c4a7c"];

function hueOf(id) {
  let sum = 0;
  for (const sign of id) sum = (sum * 31 + sign.charCodeAt(0)) % 997;
  return HUES[sum % HUES.length];
}

function initials(name) {
  const words = name.split(/\s+/).filter(Boolean);
  return ((words[0] || "?")[0] + (words.length > 1 ? words.at(-1)[0] : "")).toUpperCase();
}

/** A square with the initials of a person, or the app's sign. It is decoration: the name stands beside it. */
export function avatar({ id, name, isApp = false }, size = "") {
  const node = el("span", { class: `avatar ${size} ${isApp ? "avatar-app" : ""}`, "aria-hidden": "true" });
  if (isApp) node.append(icon("bolt"));
  else {
    node.style.backgroundColor = hueOf(id || name);
    node.append(initials(name));
  }
  return node;
}
