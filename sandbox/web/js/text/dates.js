/*
 * Slack's date tokens ({date_short_pretty}, {time}, {ago} ...) in the reader's own zone. Clock times use 24 hours, as a
 * reader with that preference sees them.
 */

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

function parts(date, zone, options) {
  return new Intl.DateTimeFormat("en-US", { timeZone: zone, ...options }).format(date);
}

/** The calendar day of `date` in `zone` as "2026-11-05". */
export function dayOf(date, zone) {
  return new Intl.DateTimeFormat("en-CA", { timeZone: zone, year: "numeric", month: "2-digit", day: "2-digit" }).format(
    date,
  );
}

function daysBetween(date, now, zone) {
  return Math.round((Date.parse(dayOf(date, zone)) - Date.parse(dayOf(now, zone))) / (DAY * 1000));
}

function withOrdinal(text) {
  return text.replace(/\b(\d{1,2})\b/, (number) => {
    const n = Number(number);
    const isTeen = n % 100 >= 11 && n % 100 <= 13;
    return number + (isTeen ? "th" : ["th", "st", "nd", "rd"][n % 10] || "th");
  });
}

function pretty(date, zone, now, plain) {
  const near = { 0: "today", 1: "tomorrow", [-1]: "yesterday" }[daysBetween(date, now, zone)];
  return near || plain(date, zone, now);
}

function yearOption(date, zone, now) {
  return dayOf(date, zone).slice(0, 4) === dayOf(now, zone).slice(0, 4) ? {} : { year: "numeric" };
}

const short = (date, zone) => parts(date, zone, { month: "short", day: "numeric", year: "numeric" });
const normal = (date, zone) => withOrdinal(parts(date, zone, { month: "long", day: "numeric", year: "numeric" }));
const long = (date, zone) =>
  withOrdinal(parts(date, zone, { weekday: "long", month: "long", day: "numeric", year: "numeric" }));
const divider = (date, zone, now) =>
  withOrdinal(parts(date, zone, { weekday: "long", month: "long", day: "numeric", ...yearOption(date, zone, now) }));
const clock = (date, zone, seconds = {}) =>
  parts(date, zone, { hour: "2-digit", minute: "2-digit", hourCycle: "h23", ...seconds });

/** How long ago (or ahead) `date` is, in words: "5 minutes ago", "in 2 hours". */
function ago(date, now) {
  const seconds = Math.round((date - now) / 1000);
  const size = Math.abs(seconds);
  const [unit, length] = [
    ["day", DAY],
    ["hour", HOUR],
    ["minute", MINUTE],
  ].find(([, span]) => size >= span) || ["second", 1];
  return new Intl.RelativeTimeFormat("en", { numeric: "auto" }).format(Math.trunc(seconds / length), unit);
}

const TOKENS = {
  date_num: dayOf,
  date_slash: (date, zone) => parts(date, zone, { year: "numeric", month: "2-digit", day: "2-digit" }),
  date: normal,
  date_short: short,
  date_long: long,
  date_long_full: long,
  date_pretty: (date, zone, now) => pretty(date, zone, now, normal),
  date_short_pretty: (date, zone, now) => pretty(date, zone, now, short),
  date_long_pretty: (date, zone, now) => pretty(date, zone, now, long),
  day_divider_pretty: (date, zone, now) => pretty(date, zone, now, divider),
  time: (date, zone) => clock(date, zone),
  time_secs: (date, zone) => clock(date, zone, { second: "2-digit" }),
  ago: (date, _zone, now) => ago(date, now),
};

/**
 * `format` with each known {token} replaced by that part of `unix` (seconds) in `zone`. Gives null when the time is not a
 * number, so that the caller shows the fallback.
 */
export function formatDate(unix, format, zone, now = new Date()) {
  const date = new Date(Number(unix) * 1000);
  if (Number.isNaN(date.getTime()) || String(unix).trim() === "") return null;
  return format.replace(/\{(\w+)\}/g, (whole, token) => (TOKENS[token] ? TOKENS[token](date, zone, now) : whole));
}

/** `text` with a capital first letter. */
export function capitalized(text) {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** The full date and time with the zone's name, for a tooltip. */
export function exactTime(unix, zone) {
  return (
    parts(new Date(Number(unix) * 1000), zone, { dateStyle: "full", timeStyle: "medium", hourCycle: "h23" }) +
    ` (${zone})`
  );
}
