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
      "Tick a statement that is not marked _conflict_ and press *Preview push*.",
      "Look it over and press *Ask for approval*. A card appears in <#C0GRC>.",
    ],
    when: { words: "Push request #\\d+" },
  },
  {
    id: "approve",
    title: "Approve as another person",
    as: "U0APPROVE",
    lines: [
      "Nobody approves their own push. Act as *Ada Approver*, find the card in <#C0GRC>, press *Approve* and confirm.",
      "Watch the card while the statements are written and read back.",
    ],
    when: { words: "Push request #\\d+[^]*\\b(Done|Partly done)\\b" },
  },
  {
    id: "conflict",
    title: "Make a conflict and settle it",
    as: "U0EDITOR",
    lines: [
      "On the {servicenow} open a record you have an edit for, change its text and press *Save*.",
      "Back here type `/grcpush`, tick that statement, press *Preview push*, then *Ask for approval*.",
      "In the card's thread choose *Keep local* or *Keep ServiceNow*.",
    ],
    when: { words: "\\bKept (local|ServiceNow)\\b|\\bkept (local|ServiceNow)\\b" },
  },
  {
    id: "break",
    title: "Break something",
    as: "U0EDITOR",
    lines: [
      "On the {servicenow} switch on *Hibernating* under _Faults_, then push another statement.",
      "The card says what went wrong and what was not written. Switch the fault off and press *Retry*.",
    ],
    when: { buttons: ["Retry"] },
  },
];
