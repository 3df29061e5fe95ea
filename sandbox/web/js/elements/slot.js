/*
 * A slot is the place of one interactive element: which block and action it belongs to, how it is labelled, and whether a
 * change is sent to the app at once (`dispatches`) or only kept until the form is submitted.
 */

import { askConfirmation } from "../confirm.js";
import { hasValue, initialValue } from "./values.js";

export class Slot {
  constructor(
    surface,
    block,
    element,
    {
      dispatches,
      labelledBy = null,
      describedBy = null,
      label = null,
      isRequired = false,
      isInvalid = false,
      index = 0,
    },
  ) {
    this.surface = surface;
    this.blockId = block.block_id;
    this.actionId = element.action_id || `${element.type}-${index}`;
    this.element = element;
    this.dispatches = dispatches;
    this.labelledBy = labelledBy;
    this.describedBy = describedBy;
    this.label = label;
    this.isRequired = isRequired;
    this.isInvalid = isInvalid;
    if (hasValue(element))
      surface.values.start(this.blockId, this.actionId, initialValue(element, surface.conversation));
  }

  /** What the element holds now, as Slack reports it. */
  get value() {
    return this.surface.values.get(this.blockId, this.actionId);
  }

  /** The attributes that tell assistive technology what the control is for, and the page how to find it again. */
  attributes(part = "") {
    return {
      "aria-labelledby": this.labelledBy,
      "aria-label": this.labelledBy ? null : this.label,
      "aria-describedby": this.describedBy,
      "aria-required": this.isRequired ? "true" : null,
      "aria-invalid": this.isInvalid ? "true" : null,
      data: this.focusKey(part),
    };
  }

  /** The data attributes by which focus is found again after a redraw. */
  focusKey(part = "") {
    return { block: this.blockId, action: this.actionId, part };
  }

  /** Keeps what the reader entered. */
  record(value) {
    this.surface.values.set(this.blockId, this.actionId, { type: this.element.type, ...value });
  }

  /** Keeps a value and, where this element reports at once, sends it; false when the reader took it back. */
  async enter(value) {
    const before = this.value;
    this.record(value);
    if (!this.dispatches) return true;
    if (await this.send(value)) return true;
    this.surface.values.set(this.blockId, this.actionId, before);
    return false;
  }

  /** Reports the action to the app, after the confirmation its author asked for; false when that was refused. */
  async send(payload) {
    if (this.element.confirm && !(await askConfirmation(this.element.confirm, this.surface))) return false;
    await this.surface.act({ block_id: this.blockId, action_id: this.actionId, type: this.element.type, ...payload });
    return true;
  }
}
