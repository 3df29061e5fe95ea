import { el, fill } from "./dom.js";
import { icon } from "./icons.js";

const KEY = "sandbox.theme";
const dark = window.matchMedia("(prefers-color-scheme: dark)");

function chosen() {
  return localStorage.getItem(KEY);
}

function isDark() {
  const choice = chosen();
  return choice ? choice === "dark" : dark.matches;
}

function apply() {
  document.documentElement.dataset.theme = isDark() ? "dark" : "light";
}

/** Follows the system's light or dark until somebody presses the switch; the choice is then kept in this browser. */
export function followTheme() {
  apply();
  dark.addEventListener("change", apply);
}

/** A button that turns light into dark and back. */
export function themeSwitch() {
  const button = el("button", { type: "button", class: "icon-button" });
  const show = () => {
    const words = isDark() ? "Use the light colours" : "Use the dark colours";
    button.setAttribute("aria-label", words);
    button.title = words;
    fill(button, icon(isDark() ? "sun" : "moon"));
  };
  button.addEventListener("click", () => {
    localStorage.setItem(KEY, isDark() ? "light" : "dark");
    apply();
    show();
  });
  dark.addEventListener("change", show);
  show();
  return button;
}
