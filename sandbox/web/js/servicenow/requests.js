import { get } from "../api.js";
import { el, fill } from "../dom.js";

const KEPT = 100;

function statusClass(status) {
  if (!status) return "";
  return status >= 400 ? "status-bad" : "status-good";
}

function drawRequest(request) {
  const seconds = request.seconds === null ? "running" : `${Math.round(request.seconds * 1000)} ms`;
  const path = request.path.replace(/^\/api\/now(\/v\d)?/, "");
  return el(
    "li",
    { class: "request", data: { id: request.id } },
    el(
      "span",
      { class: "request-head" },
      el("strong", {}, request.method),
      el("span", { class: `request-status ${statusClass(request.status)}` }, request.status || "…"),
      el("span", { class: "quiet" }, `${seconds} · ${request.user || "not signed in"}`),
    ),
    el("code", { class: "request-path", title: request.path }, path),
    request.query
      ? el(
          "details",
          {},
          el("summary", { class: "quiet" }, "query"),
          el("code", { class: "request-path" }, queryText(request.query)),
        )
      : null,
  );
}

function queryText(query) {
  return typeof query === "string" ? decodeURIComponent(query.replace(/\+/g, " ")) : JSON.stringify(query);
}

/** The latest requests to the API, newest first, as they come. */
export class Requests {
  constructor() {
    this.list = el("ol", { class: "requests" });
    this.empty = el("p", { class: "quiet" }, "No request has come yet.");
    this.node = el(
      "div",
      { class: "panel" },
      el("p", { class: "quiet" }, "What the other side asks of this instance, newest first."),
      this.empty,
      this.list,
    );
  }

  async refresh() {
    const answer = await get("requests", { limit: KEPT });
    if (!answer.ok) return;
    fill(this.list, answer.requests.map(drawRequest));
    this.empty.hidden = answer.requests.length > 0;
  }

  /** Adds a request that has just been answered. */
  add(request) {
    this.list.prepend(drawRequest(request));
    while (this.list.childElementCount > KEPT) this.list.lastElementChild.remove();
    this.empty.hidden = true;
  }
}
