/*
 * What the reader entered on one surface, by block and action, in the shape of `state.values`. A value the reader touched
 * outlives a redraw as long as an element with the same block_id and action_id is drawn. Else the server's state counts,
 * which carries values over in the same way (as Slack does: a new initial value under old ids changes nothing), and only
 * then the initial value. So what is shown is always what would be submitted.
 */

export class ValueStore {
  constructor() {
    this.entries = new Map();
    this.drawn = new Set();
    this.serverValues = {};
  }

  #key(blockId, actionId) {
    return JSON.stringify([blockId, actionId]);
  }

  /** Begins a drawing: elements announced by `start` until `endDrawing` are kept, all others are forgotten. */
  beginDrawing(serverValues) {
    this.drawn = new Set();
    this.serverValues = serverValues;
  }

  /** Announces an element with its initial value. */
  start(blockId, actionId, initial) {
    const key = this.#key(blockId, actionId);
    const entry = this.entries.get(key);
    this.drawn.add(key);
    if (entry && entry.isTouched && entry.value.type === initial.type) return;
    const known = this.serverValues[blockId]?.[actionId];
    const value = known && known.type === initial.type ? known : initial;
    this.entries.set(key, { blockId, actionId, value, isTouched: false });
  }

  /** Keeps the elements of a block that was not drawn again because nothing in it changed. */
  keepBlock(blockId) {
    for (const [key, entry] of this.entries) if (entry.blockId === blockId) this.drawn.add(key);
  }

  endDrawing() {
    for (const key of [...this.entries.keys()]) if (!this.drawn.has(key)) this.entries.delete(key);
  }

  get(blockId, actionId) {
    return this.entries.get(this.#key(blockId, actionId)).value;
  }

  set(blockId, actionId, value) {
    this.entries.set(this.#key(blockId, actionId), { blockId, actionId, value, isTouched: true });
  }

  /** All values as `{ block_id: { action_id: value } }`. */
  report() {
    const report = {};
    for (const { blockId, actionId, value } of this.entries.values()) {
      report[blockId] = { ...report[blockId], [actionId]: value };
    }
    return report;
  }
}
