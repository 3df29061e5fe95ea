/*
 * The only way this page makes elements: data always becomes text nodes and attributes, never markup, so nothing a
 * message says can turn into a script.
 */

const PROPERTIES = new Set(["value", "checked", "disabled", "hidden", "readOnly", "open", "indeterminate"]);

/**
 * A new element. `attributes` may hold `class`, `on` (event handlers), `data` (data-* attributes), element properties
 * such as `disabled`, and any other attribute; one that is null, undefined or false is left out.
 * Children are nodes, strings, numbers or nested arrays of these; null and false are skipped.
 */
export function el(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) setAttribute(node, name, value);
  append(node, children);
  return node;
}

function setAttribute(node, name, value) {
  if (value === null || value === undefined || value === false) return;
  if (name === "on") {
    for (const [event, handler] of Object.entries(value)) node.addEventListener(event, handler);
  } else if (name === "data") {
    Object.assign(node.dataset, value);
  } else if (PROPERTIES.has(name)) {
    node[name] = value;
  } else {
    node.setAttribute(name, value === true ? "" : String(value));
  }
}

/** `node`, with the children added at its end. */
export function append(node, ...children) {
  for (const child of children.flat(Infinity)) {
    if (child === null || child === undefined || child === false) continue;
    node.append(child instanceof Node ? child : String(child));
  }
  return node;
}

/** `node`, with nothing in it but the children. */
export function fill(node, ...children) {
  node.replaceChildren();
  return append(node, children);
}

/** Like `fill`; a focus that was inside goes to the new child of the same class. */
export function refill(node, ...children) {
  const focused = node.contains(document.activeElement) ? document.activeElement.classList[0] : null;
  fill(node, children);
  if (focused) node.querySelector(`.${CSS.escape(focused)}`)?.focus({ preventScroll: true });
  return node;
}

/**
 * `parent`, with exactly these children in this order. Nodes that stay are not moved: that would take the focus and the
 * scroll position from inside them.
 */
export function arrange(parent, nodes) {
  const staying = new Set(nodes);
  for (const child of [...parent.childNodes]) if (!staying.has(child)) child.remove();
  let next = parent.firstChild;
  for (const node of nodes) {
    if (node === next) next = next.nextSibling;
    else parent.insertBefore(node, next);
  }
  return parent;
}

/** Nodes by key, each made anew only when what it shows has changed, so that a click or a focus is not lost. */
export class Drawings {
  #known = new Map();

  /** The node for `key`; `make(data)` draws it where `data` is not what it was. */
  of(key, data, make) {
    const source = JSON.stringify(data);
    const known = this.#known.get(key);
    if (known?.source === source) return known.node;
    const node = make(data);
    this.#known.set(key, { source, node });
    return node;
  }
}

/** A document fragment of the children. */
export function fragment(...children) {
  return append(document.createDocumentFragment(), children);
}

let lastId = 0;

/** An id that no other element of this page has, for aria-labelledby and its like. */
export function freshId(prefix) {
  lastId += 1;
  return `${prefix}-${lastId}`;
}

/** `text` for screen readers only. */
export function spoken(text) {
  return el("span", { class: "spoken" }, text);
}

/** A function that runs `work` once, `milliseconds` after the last call of it. */
export function debounced(work, milliseconds) {
  let timer = null;
  return (...values) => {
    clearTimeout(timer);
    timer = setTimeout(() => work(...values), milliseconds);
  };
}
