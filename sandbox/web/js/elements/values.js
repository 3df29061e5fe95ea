/*
 * The state an interactive element has before anybody touches it, in the shape Slack reports under
 * `view.state.values` and `state.values`.
 */

const TEXT = (element) => ({ value: element.initial_value ?? null });
const ONE_OPTION = (element) => ({ selected_option: element.initial_option ?? null });
const OPTIONS = (element) => ({ selected_options: element.initial_options ?? [] });

const INITIAL = {
  plain_text_input: TEXT,
  email_text_input: TEXT,
  url_text_input: TEXT,
  number_input: TEXT,
  checkboxes: OPTIONS,
  radio_buttons: ONE_OPTION,
  static_select: ONE_OPTION,
  external_select: ONE_OPTION,
  multi_static_select: OPTIONS,
  multi_external_select: OPTIONS,
  users_select: (element) => ({ selected_user: element.initial_user ?? null }),
  multi_users_select: (element) => ({ selected_users: element.initial_users ?? [] }),
  conversations_select: (element, here) => ({
    selected_conversation:
      element.initial_conversation ?? (element.default_to_current_conversation ? here : null) ?? null,
  }),
  multi_conversations_select: (element) => ({ selected_conversations: element.initial_conversations ?? [] }),
  channels_select: (element) => ({ selected_channel: element.initial_channel ?? null }),
  multi_channels_select: (element) => ({ selected_channels: element.initial_channels ?? [] }),
  datepicker: (element) => ({ selected_date: element.initial_date ?? null }),
  timepicker: (element) => ({ selected_time: element.initial_time ?? null }),
  datetimepicker: (element) => ({ selected_date_time: element.initial_date_time ?? null }),
};

/** True for an element that carries a value (a button or an overflow menu only reports a click). */
export function hasValue(element) {
  return element.type in INITIAL;
}

/** The untouched state of `element`; `here` is the conversation it is shown in. */
export function initialValue(element, here = null) {
  return { type: element.type, ...INITIAL[element.type](element, here) };
}
