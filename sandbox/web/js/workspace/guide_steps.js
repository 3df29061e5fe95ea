/*
 * What a newcomer is asked to try, in order. `lines` are mrkdwn; `as` is the person to act as; `when` tells that the step
 * was done: a message of the app (or a form it opened) shows a button of these words, or says words that fit the pattern.
 */

export const STEPS = [
  {
    id: "list",
    title: "See what changed",
    as: "U0EDITOR",
    lines: [
      "In <#C0GRC> type `/grcpush` and press *Enter*.",
      "The list of edited statements comes up, visible to you alone.",
    ],
    when: { buttons: ["Preview push", "Choose statements"] },
  },
  {
    id: "push",
    title: "Ask for a push",
    as: "U0EDITOR",
    lines: [
      "Tick a statement (of a long list press *Choose statements* first) and press *Preview push*.",
      "Look it over and press *Ask for approval*, then *Close*. A card appears in <#C0GRC>.",
    ],
    when: { words: "Push request #\\d+" },
  },
  {
    id: "approve",
    title: "Approve as another person",
    as: "U0APPROVE",
    lines: [
      "Nobody approves their own push. As *Ada Approver* find the card in <#C0GRC>, press *Approve* and confirm.",
      "If the card says that conflicts are to be settled, its requester chooses first, in the thread.",
      "Watch the card while the statements are written and read back.",
    ],
    when: { words: "Push request #\\d+[^]*\\b(Done|Partly done)\\b" },
  },
  {
    id: "conflict",
    title: "Make a conflict and settle it",
    as: "U0EDITOR",
    lines: [
      "Type `/grcpush`. What the list counts as in conflict, somebody changed in ServiceNow too; make one more yourself, of a statement that is not in conflict.",
      "On the {servicenow} find that statement, press *Change the text*, *Write a sentence for me* and *Save*.",
      "Back here ask for its push as before: the preview tells of the conflict.",
      "Open the thread of the new card and press *Keep local* or *Keep ServiceNow*.",
    ],
    when: { words: "\\b[Kk]ept (local|ServiceNow)\\b" },
  },
  {
    id: "break",
    title: "Break something",
    as: "U0EDITOR",
    lines: [
      "On the {servicenow} switch on *Hibernating*, one of the faults there.",
      "Ask for another push here, as far as *Preview push*: the form says what is wrong and what to do. Switch the fault off again.",
    ],
    when: { words: "\\b(asleep|hibernating)\\b|\\bFailed · \\d|\\bPartly done\\b" },
  },
];
