/* What a reader can read and press in blocks, without drawing them. */

const TEXT_KEYS = new Set([
  "text",
  "title",
  "label",
  "hint",
  "description",
  "caption",
  "fields",
  "elements",
  "element",
  "accessory",
  "options",
  "rows",
  "blocks",
]);

function* walk(node) {
  if (typeof node === "string") yield node;
  else if (Array.isArray(node)) for (const one of node) yield* walk(one);
  else if (node && typeof node === "object") {
    for (const [key, value] of Object.entries(node)) if (TEXT_KEYS.has(key)) yield* walk(value);
  }
}

/** All words of the blocks, a line for each text. */
export function wordsOfBlocks(blocks) {
  return [...walk(blocks)].join("\n");
}

/** The words on the buttons of the blocks. */
export function buttonsOf(blocks) {
  const elements = blocks.flatMap((block) =>
    [...(block.type === "actions" ? block.elements || [] : []), block.accessory].filter(Boolean),
  );
  return elements.filter((element) => element.type === "button").map((element) => element.text?.text || "");
}
