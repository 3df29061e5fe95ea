import { debounced, el } from "../dom.js";

const KINDS = { email_text_input: "email", url_text_input: "url", number_input: "text", plain_text_input: "text" };

function sends(element, slot, when) {
  if (!slot.dispatches) return false;
  const config = element.dispatch_action_config;
  return (config ? config.trigger_actions_on || [] : ["on_enter_pressed"]).includes(when);
}

function limits(element) {
  const isNumber = element.type === "number_input";
  return {
    maxlength: element.max_length || (isNumber ? null : 3000),
    minlength: element.min_length || null,
    inputmode: isNumber ? (element.is_decimal_allowed ? "decimal" : "numeric") : null,
    placeholder: element.placeholder ? element.placeholder.text : null,
  };
}

/* A count appears when a text comes near its limit, so that nothing is cut without being seen. */
function counter(control, limit) {
  const count = el("span", { class: "input-count", role: "status" });
  const show = () => {
    const left = limit - control.value.length;
    count.textContent = left <= Math.max(20, limit / 10) ? `${left} characters left` : "";
  };
  control.addEventListener("input", show);
  show();
  return count;
}

/** A field for one line or, with `multiline`, for several; also for e-mail, web addresses and numbers. */
export function drawTextInput(element, slot) {
  const isMultiline = element.multiline === true;
  const control = isMultiline
    ? el("textarea", { class: "input", rows: 6, dir: "auto", ...slot.attributes(), ...limits(element) })
    : el("input", {
        class: "input",
        type: KINDS[element.type],
        dir: "auto",
        autocomplete: "off",
        ...slot.attributes(),
        ...limits(element),
      });
  control.value = slot.value.value ?? "";
  // Else the field opens at the end of a long text.
  if (isMultiline) control.setSelectionRange(0, 0);
  const entered = () => ({ value: control.value === "" ? null : control.value });
  const sendSoon = debounced(() => slot.send(entered()), 250);
  control.addEventListener("input", () => {
    slot.record(entered());
    if (sends(element, slot, "on_character_entered")) sendSoon();
  });
  control.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.isComposing) return;
    if (!sends(element, slot, "on_enter_pressed")) return;
    if (isMultiline && !event.ctrlKey && !event.metaKey) return;
    event.preventDefault();
    slot.send(entered());
  });
  if (element.focus_on_load) control.setAttribute("autofocus", "");
  return el("div", { class: "input-box" }, control, counter(control, element.max_length || 3000));
}
