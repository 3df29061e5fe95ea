/* What the sandbox answers when something cannot be done, in words for the person at the page. */

const SENTENCES = {
  unreachable: "The sandbox does not answer. Is it still running?",
  operation_timeout: "The app did not answer within three seconds.",
  dispatch_failed: "The app could not take this: it is not running, or it answered with an error.",
  dispatch_unknown_error: "The app answered with an error.",
  app_not_running: "No app is connected to this workspace yet.",
  no_app: "No app is connected to this workspace yet.",
  channel_not_found: "You are not in this channel, or it does not exist.",
  not_in_channel: "You are not in this channel.",
  unknown_command: "No app here knows this command.",
  message_not_found: "This message is no longer there.",
  view_not_found: "This form has already been closed.",
  not_found: "This is no longer there.",
  expired_trigger_id: "The app took too long to open its form.",
};

/** A sentence for an error code. */
export function sentenceFor(code) {
  return SENTENCES[code] || "The sandbox refused this.";
}
