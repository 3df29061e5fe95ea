/* What the composer offers while somebody types: slash commands, words of a command, and people after an @. */

const WORD = /[\w-]+/;

/* "[list | mine | status [number] | help]" in a usage hint names the words that may follow the command. */
function wordsOfHint(hint) {
  return (hint || "")
    .replace(/^\[|\]$/g, "")
    .split(/\s*[|,·]\s*/)
    .map((part) => part.replace(/^\[|\]$/g, "").trim())
    .filter((part) => WORD.test(part))
    .map((part) => ({ word: WORD.exec(part)[0], rest: part }));
}

function commands(text, known) {
  return known
    .filter((one) => one.command.startsWith(text))
    .map((one) => ({
      insert: `${one.command} `,
      label: one.command,
      hint: one.usage_hint || "",
      description: one.description || "",
    }));
}

function words(text, command) {
  const typed = text.slice(command.command.length + 1);
  if (typed.includes(" ")) return [];
  const fitting = wordsOfHint(command.usage_hint).filter((one) => one.word.startsWith(typed) && one.word !== typed);
  return fitting.map((one) => ({
    insert: `${command.command} ${one.word} `,
    label: `${command.command} ${one.rest}`,
    hint: "",
    description: "",
  }));
}

function people(text, at, directory) {
  const match = /(?:^|\s)@([\p{L}\d._-]*)$/u.exec(text.slice(0, at));
  if (!match) return [];
  const from = at - match[1].length - 1;
  const wanted = match[1].toLowerCase();
  return directory
    .people()
    .filter((person) => `${person.name} ${person.real_name}`.toLowerCase().includes(wanted))
    .slice(0, 6)
    .map((person) => ({
      insert: `${text.slice(0, from)}@${person.name} ${text.slice(at)}`,
      caret: from + person.name.length + 2,
      label: `@${person.name}`,
      hint: "",
      description: person.real_name,
    }));
}

/**
 * The suggestions for `text` with the caret at `at`, and whether Enter takes the first one (it does for a command that is
 * not yet whole; elsewhere Enter sends, and the arrow keys choose).
 */
export function suggestionsFor(text, at, { commands: known, directory }) {
  if (text.startsWith("/") && !text.includes(" ")) {
    const found = commands(text, known);
    return { found, isEager: !known.some((one) => one.command === text) };
  }
  const command = known.find((one) => text.startsWith(`${one.command} `));
  if (command) return { found: words(text, command), isEager: false };
  return { found: people(text, at, directory), isEager: true };
}

/** `text` as Slack stores it: the three entities escaped, and @name of a known person as a mention. */
export function asSent(text, directory) {
  const escaped = text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;");
  const byName = new Map(directory.people().map((person) => [person.name, person.id]));
  return escaped.replace(/(^|\s)@([\p{L}\d._-]*[\p{L}\d])/gu, (whole, before, name) =>
    byName.has(name) ? `${before}<@${byName.get(name)}>` : whole,
  );
}
