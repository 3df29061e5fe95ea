/*
 * Where the options of a select menu come from, all in one shape: groups of choices
 * `{ value, label, description, raw }`, where `raw` is what is reported for the choice.
 */

import { wordsOf } from "../text/text_object.js";

function fromOption(option, directory) {
  return {
    value: option.value,
    label: wordsOf(option.text, directory),
    description: wordsOf(option.description, directory),
    raw: option,
  };
}

function fromPerson(person) {
  return { value: person.id, label: person.real_name || person.name, description: `@${person.name}`, raw: person.id };
}

function fromConversation(conversation) {
  return {
    value: conversation.id,
    label: conversation.label,
    description: conversation.note || "",
    raw: conversation.id,
  };
}

function matching(choices, query) {
  const wanted = query.trim().toLowerCase();
  return wanted ? choices.filter((one) => `${one.label} ${one.description}`.toLowerCase().includes(wanted)) : choices;
}

function grouped(data, directory) {
  if (data.option_groups) {
    return data.option_groups.map((group) => ({
      label: wordsOf(group.label, directory),
      choices: (group.options || []).map((option) => fromOption(option, directory)),
    }));
  }
  return [{ label: null, choices: (data.options || []).map((option) => fromOption(option, directory)) }];
}

function narrowed(groups, query) {
  return groups
    .map((group) => ({ ...group, choices: matching(group.choices, query) }))
    .filter((group) => group.choices.length);
}

/* The conversation kinds of Block Kit's filter object, over what this reader can see. */
function conversationsFor(element, directory) {
  const filter = element.filter || {};
  const kinds = element.type.includes("channels_select") ? ["public"] : filter.include;
  return directory
    .conversations()
    .filter((one) => !kinds || kinds.includes(one.kind))
    .filter((one) => !(filter.exclude_external_shared_channels && one.isShared))
    .filter((one) => !(filter.exclude_bot_users && one.isBot))
    .map(fromConversation);
}

async function external(element, slot, query) {
  const needed = element.min_query_length ?? 3;
  if (query.length < needed) {
    return { groups: [], note: needed === 1 ? "Type to search" : `Type at least ${needed} characters` };
  }
  const found = await slot.surface.loadOptions(element.type, slot.blockId, slot.actionId, query);
  if (!found.ok) return { groups: [], note: found.error || "The app did not answer" };
  return { groups: grouped(found, slot.surface.directory).filter((group) => group.choices.length) };
}

/** The groups to show for `query`, with a `note` in place of choices where there are none. */
export async function choicesFor(element, slot, query) {
  const directory = slot.surface.directory;
  if (element.type.includes("external_select")) return external(element, slot, query.trim());
  if (element.type.includes("static_select")) return { groups: narrowed(grouped(element, directory), query) };
  if (element.type.includes("users_select")) {
    return { groups: narrowed([{ label: null, choices: directory.people().map(fromPerson) }], query) };
  }
  return { groups: narrowed([{ label: null, choices: conversationsFor(element, directory) }], query) };
}

const FIELDS = {
  static_select: "option",
  external_select: "option",
  users_select: "user",
  conversations_select: "conversation",
  channels_select: "channel",
};

function field(element) {
  return `selected_${FIELDS[element.type.replace("multi_", "")]}`;
}

function choiceOf(raw, element, directory) {
  if (typeof raw !== "string") return fromOption(raw, directory);
  if (element.type.includes("users_select")) {
    const person = directory.person(raw);
    return person ? fromPerson(person) : { value: raw, label: raw, description: "", raw };
  }
  const known = directory.conversations().find((one) => one.id === raw);
  return known ? fromConversation(known) : { value: raw, label: raw, description: "", raw };
}

/** What is chosen now, as a list of choices. */
export function chosenIn(element, slot) {
  const key = field(element);
  const raws = element.type.startsWith("multi_") ? slot.value[`${key}s`] : [slot.value[key]];
  return (raws || []).filter(Boolean).map((raw) => choiceOf(raw, element, slot.surface.directory));
}

/** The value to report for these choices. */
export function valueOf(element, choices) {
  const key = field(element);
  if (element.type.startsWith("multi_")) return { [`${key}s`]: choices.map((one) => one.raw) };
  return { [key]: choices.length ? choices[0].raw : null };
}
