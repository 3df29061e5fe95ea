/*
 * A surface is a place where blocks are drawn: one message, one modal view, or App Home. It keeps what the reader entered
 * and reports actions. Drawing again replaces only the blocks that changed, and gives focus back to the same control, so
 * that live updates never take a half-typed word away.
 */

import { arrange, el } from "../dom.js";
import { ValueStore } from "../elements/value_store.js";
import { drawBlock } from "./block.js";

export class Surface {
  /**
   * `kind` is "message", "modal" or "home"; `directory` names people and channels; `act(action)` reports an action and
   * `loadOptions(type, blockId, actionId, query)` gives an external select's options; `conversation` is the channel.
   */
  constructor({ kind, directory, act, loadOptions, conversation = null }) {
    Object.assign(this, { kind, directory, conversation, loadOptions });
    this.act = act;
    this.values = new ValueStore();
    this.node = el("div", { class: `blocks blocks-${kind}` });
    this.drawings = new Map();
  }

  /**
   * Draws `blocks` in place of what is there; `errors` are sentences by block_id, shown at their input, `values` what the
   * server holds for the elements.
   */
  draw(blocks, { errors = {}, values = {} } = {}) {
    const place = focusedPlace(this.node);
    this.values.beginDrawing(values);
    const drawings = new Map();
    for (const [index, block] of (blocks || []).entries()) {
      const named = { ...block, block_id: block.block_id || `block-${index}` };
      const id = drawings.has(named.block_id) ? `${named.block_id}#${index}` : named.block_id;
      drawings.set(id, this.#drawing(id, named, errors[named.block_id]));
    }
    this.values.endDrawing();
    this.drawings = drawings;
    arrange(
      this.node,
      [...drawings.values()].map((drawing) => drawing.node),
    );
    restoreFocus(this.node, place);
    return this.node;
  }

  #drawing(id, block, error) {
    const source = JSON.stringify([block, error || null]);
    const old = this.drawings.get(id);
    if (old && old.source === source) {
      this.values.keepBlock(block.block_id);
      return old;
    }
    return { source, node: drawBlock(block, this, error) };
  }
}

function focusedPlace(root) {
  const focused = document.activeElement;
  if (!focused || !root.contains(focused)) return null;
  const holder = focused.closest("[data-action]");
  if (!holder) return null;
  const { block, action, part } = holder.dataset;
  const isText = typeof focused.selectionStart === "number";
  return {
    block,
    action,
    part,
    selection: isText ? [focused.selectionStart, focused.selectionEnd] : null,
    text: focused.value,
  };
}

function restoreFocus(root, place) {
  if (!place || root.contains(document.activeElement)) return;
  const candidates = [...root.querySelectorAll("[data-action]")].filter((node) => node.dataset.action === place.action);
  const same = candidates.find((node) => node.dataset.block === place.block && node.dataset.part === place.part);
  const node = same || candidates.find((one) => one.dataset.part === place.part) || candidates[0];
  if (!node || node.matches("[role=group], [role=radiogroup]")) return;
  node.focus({ preventScroll: true });
  if (same && place.selection && node.setSelectionRange && node.value === place.text)
    node.setSelectionRange(...place.selection);
}
