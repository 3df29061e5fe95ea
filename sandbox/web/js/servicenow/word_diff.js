/* What changed between two texts, word by word, told by the elements <del> and <ins> and not by colour alone. */

import { el, fragment } from "../dom.js";

const LARGEST = 1_500_000;
const CONTEXT = 12;

function tokens(text) {
  return text.match(/<[^>]*>|[\p{L}\p{N}_'’-]+|\s+|[^\s\p{L}\p{N}]/gu) || [];
}

/* Lengths of the longest common subsequence from each pair of places on. */
function lengths(a, b) {
  const table = Array.from({ length: a.length + 1 }, () => new Uint16Array(b.length + 1));
  for (let i = a.length - 1; i >= 0; i -= 1) {
    for (let j = b.length - 1; j >= 0; j -= 1) {
      table[i][j] = a[i] === b[j] ? table[i + 1][j + 1] + 1 : Math.max(table[i + 1][j], table[i][j + 1]);
    }
  }
  return table;
}

function trimmed(a, b) {
  let head = 0;
  while (head < a.length && head < b.length && a[head] === b[head]) head += 1;
  let tail = 0;
  while (tail < a.length - head && tail < b.length - head && a[a.length - 1 - tail] === b[b.length - 1 - tail])
    tail += 1;
  return { head, tail };
}

/** The runs of a change: `{ kind: "same" | "removed" | "added", text }`. */
function wordDiff(before, after) {
  const a = tokens(before);
  const b = tokens(after);
  const { head, tail } = trimmed(a, b);
  const runs = [];
  const add = (kind, text) => {
    if (!text) return;
    if (runs.at(-1)?.kind === kind) runs.at(-1).text += text;
    else runs.push({ kind, text });
  };
  add("same", a.slice(0, head).join(""));
  middle(a.slice(head, a.length - tail), b.slice(head, b.length - tail), add);
  add("same", a.slice(a.length - tail).join(""));
  return runs;
}

function middle(a, b, add) {
  if (a.length * b.length > LARGEST) {
    add("removed", a.join(""));
    add("added", b.join(""));
    return;
  }
  const table = lengths(a, b);
  let i = 0;
  let j = 0;
  while (i < a.length && j < b.length) {
    if (a[i] === b[j]) {
      add("same", a[i]);
      i += 1;
      j += 1;
    } else if (table[i + 1][j] >= table[i][j + 1]) add("removed", a[i++]);
    else add("added", b[j++]);
  }
  add("removed", a.slice(i).join(""));
  add("added", b.slice(j).join(""));
}

function shortened(text, isFirst, isLast) {
  const words = text.split(/(\s+)/);
  const wanted = 2 * CONTEXT;
  if (words.length <= 3 * wanted) return text;
  const start = isFirst ? [] : words.slice(0, wanted);
  const end = isLast ? [] : words.slice(-wanted);
  return `${start.join("")} … ${end.join("")}`;
}

const TAGS = { removed: "del", added: "ins" };

/** The runs as nodes; long unchanged runs are shortened around the changes. */
export function drawDiff(before, after) {
  const runs = wordDiff(before, after);
  return fragment(
    runs.map((run, index) =>
      run.kind === "same"
        ? shortened(run.text, index === 0, index === runs.length - 1)
        : el(TAGS[run.kind], {}, run.text),
    ),
  );
}
