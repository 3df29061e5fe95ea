import { el } from "../dom.js";

const NAMES = { date: "Date", time: "Time", "datetime-local": "Date and time" };

function picker(slot, type, value, read) {
  const input = el("input", { class: "input input-short", type, ...slot.attributes() });
  if (!slot.labelledBy && !slot.label) input.setAttribute("aria-label", NAMES[type]);
  input.value = value ?? "";
  let last = input.value;
  input.addEventListener("change", async () => {
    if (await slot.enter(read(input.value))) last = input.value;
    else input.value = last;
  });
  return input;
}

/** A day, as "2026-11-05". */
export function drawDatePicker(_element, slot) {
  return picker(slot, "date", slot.value.selected_date, (text) => ({ selected_date: text || null }));
}

/** A time of day, as "14:30". */
export function drawTimePicker(element, slot) {
  const input = picker(slot, "time", slot.value.selected_time, (text) => ({ selected_time: text || null }));
  return element.timezone
    ? el("span", { class: "picker-with-zone" }, input, el("span", { class: "quiet" }, element.timezone))
    : input;
}

/* The browser's field speaks local time without a zone; Slack wants seconds since 1970. */
function localText(unix) {
  if (!unix) return "";
  const date = new Date(unix * 1000);
  return new Date(date.getTime() - date.getTimezoneOffset() * 60000).toISOString().slice(0, 16);
}

/** A moment, as seconds since 1970. */
export function drawDateTimePicker(_element, slot) {
  return picker(slot, "datetime-local", localText(slot.value.selected_date_time), (text) => ({
    selected_date_time: text ? Math.floor(new Date(text).getTime() / 1000) : null,
  }));
}
