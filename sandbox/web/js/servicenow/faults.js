import { get, post } from "../api.js";
import { Drawings, arrange, el, fill, freshId, refill } from "../dom.js";
import { toast } from "../toasts.js";

const LATENCIES = [
  [0, "none"],
  [0.05, "50 ms"],
  [0.15, "150 ms"],
  [0.5, "half a second"],
  [2, "2 seconds"],
];

function switchButton(labelId, describedId, isOn, onTurn) {
  const button = el(
    "button",
    {
      type: "button",
      class: "switch",
      role: "switch",
      "aria-checked": String(isOn),
      "aria-labelledby": labelId,
      "aria-describedby": describedId,
    },
    el("span", { class: "switch-knob" }),
  );
  button.addEventListener("click", () => onTurn(button.getAttribute("aria-checked") !== "true"));
  return button;
}

/** The switches: faults with what each means, and settings of the instance. */
export class Faults {
  constructor(about) {
    this.nodes = new Map();
    this.drawings = new Drawings();
    this.featured = el("ul", { class: "fault-list" });
    this.others = el("ul", { class: "fault-list" });
    this.otherCount = el("summary", {}, "More faults");
    this.otherBox = el("details", { class: "fault-others" }, this.otherCount, this.others);
    this.settings = el("div", { class: "settings" });
    this.node = el(
      "div",
      { class: "panel" },
      el(
        "p",
        { class: "quiet" },
        "Each of these happens on real instances. Switch one on, push a statement from the workspace, and see what is said about it.",
      ),
      this.featured,
      this.otherBox,
      el("h3", { class: "settings-title" }, "The instance"),
      this.settings,
    );
    this.showSettings(about);
  }

  async refresh() {
    const answer = await get("faults");
    if (!answer.ok) {
      fill(this.featured, el("li", { class: "quiet" }, answer.error));
      return;
    }
    const [first, rest] = [
      answer.faults.filter((fault) => fault.featured),
      answer.faults.filter((fault) => !fault.featured),
    ];
    arrange(
      this.featured,
      first.map((fault) => this.#drawing(fault)),
    );
    arrange(
      this.others,
      rest.map((fault) => this.#drawing(fault)),
    );
    const on = rest.filter((fault) => fault.on).length;
    this.otherCount.textContent = `${rest.length} more faults${on ? `, ${on} on` : ""}`;
  }

  /** Shows how one fault stands now. */
  update(fault) {
    const old = this.nodes.get(fault.name);
    if (!old) return;
    const hadFocus = old.contains(document.activeElement);
    const node = this.#drawing(fault);
    if (node !== old) old.replaceWith(node);
    if (hadFocus) node.querySelector("[role=switch]").focus();
  }

  #drawing(fault) {
    const node = this.drawings.of(fault.name, fault, (one) => this.#node(one));
    this.nodes.set(fault.name, node);
    return node;
  }

  #node(fault) {
    const title = el("span", { class: "fault-title", id: freshId("fault") }, fault.title);
    const meaning = el("p", { class: "quiet", id: freshId("meaning") }, fault.meaning);
    const hits = fault.hits
      ? el("span", { class: "badge" }, fault.hits === 1 ? "met 1 request" : `met ${fault.hits} requests`)
      : null;
    const flip = switchButton(title.id, meaning.id, fault.on, (on) => this.#turn(fault, on));
    return el(
      "li",
      { class: `fault ${fault.on ? "fault-on" : ""}`, data: { fault: fault.name } },
      el(
        "div",
        { class: "fault-words" },
        el("div", { class: "fault-head" }, title, hits),
        meaning,
        fault.on ? null : settingFields(fault),
      ),
      flip,
    );
  }

  async #turn(fault, on) {
    const settings = on ? readSettings(this.nodes.get(fault.name), fault) : {};
    const answer = await post(`faults/${fault.name}`, { on, settings });
    if (answer.ok) this.update(answer);
    else toast("The fault was not switched", answer.error);
  }

  /** Shows the settings of the instance: delay and auditing. */
  showSettings({ latency, audit }) {
    const label = el("label", { for: freshId("latency") }, "Delay of every answer");
    const known = LATENCIES.some(([seconds]) => seconds === latency)
      ? LATENCIES
      : [...LATENCIES, [latency, `${latency} s`]];
    const delay = el(
      "select",
      { class: "input", id: label.getAttribute("for") },
      known.map(([seconds, words]) => el("option", { value: seconds }, words)),
    );
    delay.value = String(latency);
    delay.addEventListener("change", () => this.#set({ latency: Number(delay.value) }));
    const title = el("span", { class: "fault-title", id: freshId("audit") }, "Auditing (sys_audit)");
    const meaning = el(
      "p",
      { class: "quiet", id: freshId("meaning") },
      "ServiceNow keeps a row for every changed field. Off in many instances.",
    );
    const flip = switchButton(title.id, meaning.id, audit, (on) => this.#set({ audit: on }));
    refill(
      this.settings,
      el("div", { class: "fault" }, el("div", { class: "fault-words" }, title, meaning), flip),
      el("div", { class: "setting" }, label, delay),
    );
  }

  async #set(change) {
    const answer = await post("settings", change);
    if (answer.ok) this.showSettings(answer);
    else toast("The setting was not changed", answer.error);
  }
}

function settingFields(fault) {
  const shown = Object.entries(fault.settings).filter(([, value]) => typeof value === "number");
  if (!shown.length) return null;
  return el(
    "div",
    { class: "fault-settings" },
    shown.map(([name, value]) =>
      el(
        "label",
        {},
        `${name.replace(/_/g, " ")} `,
        el("input", { class: "input", type: "number", min: 0, step: "any", value, data: { setting: name } }),
      ),
    ),
  );
}

function readSettings(node, fault) {
  const settings = {};
  for (const input of node.querySelectorAll("[data-setting]")) {
    const value = Number(input.value);
    if (input.value !== "" && Number.isFinite(value) && value !== fault.settings[input.dataset.setting])
      settings[input.dataset.setting] = value;
  }
  return settings;
}
