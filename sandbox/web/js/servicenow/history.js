import { el } from "../dom.js";
import { moment } from "./times.js";
import { drawDiff } from "./word_diff.js";

const SOURCES = { rest: "over the API", ui: "in the browser", rule: "by a business rule" };
const STAMPS = new Set(["sys_mod_count", "sys_updated_on", "sys_updated_by"]);

function drawChange(change) {
  const isLong = (change.old || "").length > 60 || (change.new || "").length > 60;
  const body = isLong
    ? el("div", { class: "change-text" }, drawDiff(change.old || "", change.new || ""))
    : el(
        "div",
        { class: "change-text" },
        el("del", {}, change.old || "(empty)"),
        " → ",
        el("ins", {}, change.new || "(empty)"),
      );
  return el("div", { class: "change" }, el("code", {}, change.field), body);
}

function drawCommit(commit) {
  const changes = commit.changes.filter((change) => !STAMPS.has(change.field));
  const verb = { insert: "created it", delete: "deleted it" }[commit.action] || "changed it";
  return el(
    "li",
    { class: "entry" },
    el(
      "div",
      { class: "entry-head" },
      el("strong", {}, commit.by),
      ` ${verb} ${SOURCES[commit.source] || commit.source}`,
      el("span", { class: "quiet" }, moment(commit.at)),
      el("span", { class: "quiet" }, `update ${commit.mod_count}`),
    ),
    changes.map(drawChange),
  );
}

/** What happened to a record, newest first. */
export function drawHistory(history) {
  if (!history.length)
    return el("p", { class: "quiet" }, "Nothing has happened to this record since the sandbox was started.");
  return el("ol", { class: "entries" }, history.map(drawCommit));
}

/** The audit rows of a record (sys_audit), newest first, or why there are none. */
export function drawAudit(audit, isAudited) {
  if (!isAudited && !audit.length) {
    return el(
      "p",
      { class: "quiet" },
      "Auditing is off for this table, as in a fresh instance. Switch it on under Faults & settings.",
    );
  }
  if (!audit.length) return el("p", { class: "quiet" }, "No audited change yet.");
  const row = (entry) =>
    el(
      "li",
      { class: "entry" },
      el(
        "div",
        { class: "entry-head" },
        el("strong", {}, entry.user),
        el("span", { class: "quiet" }, moment(entry.sys_created_on)),
        el("span", { class: "quiet" }, `checkpoint ${entry.record_checkpoint}`),
      ),
      drawChange({ field: entry.fieldname, old: entry.oldvalue, new: entry.newvalue }),
    );
  return el("ol", { class: "entries" }, audit.map(row));
}
