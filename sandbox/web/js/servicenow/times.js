import { el } from "../dom.js";
import { exactTime, formatDate } from "../text/dates.js";

const ZONE = Intl.DateTimeFormat().resolvedOptions().timeZone;

/* ServiceNow writes its times in UTC without saying so. */
function unixOf(text) {
  return Date.parse(/[TZ]/.test(text) ? text : `${text.replace(" ", "T")}Z`) / 1000;
}

/** A moment in this browser's zone; `text` is RFC 3339 or ServiceNow's "2026-11-22 20:56:20". */
export function moment(text) {
  const unix = unixOf(text || "");
  if (Number.isNaN(unix)) return el("span", {}, text || "unknown");
  const shown = formatDate(unix, "{date_short_pretty} {time_secs}", ZONE);
  return el("time", { datetime: new Date(unix * 1000).toISOString(), title: exactTime(unix, ZONE) }, shown);
}
