"""A stand-in Slack workspace on real sockets, for tests and for people.

Start it, point the bot at it, and act as its people::

    ws = Workspace()
    async with ws.running() as slack_url:                  # any free loopback port; port=8461 for a fixed one
        client = AsyncWebClient(ws.bot_token, base_url=f"{slack_url}/api/")
        ...                                                 # serve the bot with ws.signing_secret
        ws.deliver_to("http://127.0.0.1:8400/slack/events")  # may be called at any time, before or after
        erin = ws.person("U0EDITOR")
        await erin.command("/grcpush", "AC-2", channel="C0GRC")
        listing = await ws.wait_ephemeral("U0EDITOR", "AC-2")
        await erin.click(listing, "grc.preview")

Those who serve `ws.app` themselves set `ws.url` and call `await ws.aclose()` at the end.

**Settings**, attributes with defaults: `bot_token`, `app_token`, `signing_secret`; `scopes` and `subscriptions` (sets,
or `install(manifest)`); `socket_mode` (then deliveries go through the open sockets), `ack_timeout` (3 s),
`event_retry_delays` (0, 60, 300 s), `duplicate_deliveries` (so many of the next deliveries are sent twice at once),
`answers_replace_by_default` (True: an answer to a click that does not say `replace_original` overwrites what was
clicked), `token_problem` ("token_revoked", "account_inactive": every call is refused with it), `limits.is_enforced`
(rate limits by tier, off), `clock.advance(seconds)` (triggers, response URLs and rate limits age at once; an old
trigger is refused as expired_trigger_id, a used one as exchanged_trigger_id, a made-up one as invalid_trigger_id),
`commands`, `shortcuts`, `links`, `guide` for the page. `scopes` holds no optional scope: without chat:write.public a
public channel has to be joined first; reactions:write, files:read, team:read, im:read and app_mentions:read are to
be added by those who use them.

**What is there**: `messages(channel)`, `thread(channel, ts)`, `direct_messages(user)`, `ephemerals(user)` give
`Message`s (`text`, `blocks`, `words` = everything readable, `drawings` = every form it had, `files`, `thread_ts`,
`state_for(user)`); `views(user)` (open modals, bottom first) and `home(user)` give `View`s (`blocks`, `words`,
`title`, `callback_id`, `private_metadata`, `state`, `hash`, `errors`, `is_open`); `files` is iterable (`name`,
`title`, `content`, `text`, `shared_in`); `directory.users / channels / groups` may be changed at any time.

**What was done**: `calls` is a list of every Web API call (`method`, `args` parsed, `response`, `status`, `ok`,
`error`, `at`) with `.of(method)`, `.last(method)`, `.refused()`; `deliveries` lists everything sent to the bot
(`kind`, `payload`, `status`, `ack_ms`, `body`, `error`, `user`, `attempt`); `failures` those of them a person saw
fail; `lost_events` the events given up after three retries; `refused_answers` the posts to response URLs that were
refused.

**Waiting**, all event driven, all raising `NothingCame` with the story so far: `wait_for(predicate, timeout=60)` (any
function without arguments), `wait_message(text, channel=, thread_ts=, after=)`, `wait_ephemeral(user, text)`,
`wait_view(user, text, callback_id=)`, `wait_home(user, text)`, `wait_call(method, count=1, when=)`, `wait_file(name)`.

**People**: `person(user_id)` gives a `Person` with `command`, `click(where, action_id, block_id=, value=, option=,
accept=)`, `choose(where, action_id, wanted)` (option by value or words, list, user, channel, date, text), `tick` /
`untick(where, action_id, *values)`, `enter(where, action_id, text)`, `fill(view, {name: value})`, `submit(view,
values)` -> `Submission(delivery, errors, view, ok)`, `close(view, clear_all=)`, `shortcut`, `message_shortcut`,
`say(channel, text, thread_ts=)`, `open_home(tab=)`, `join`, `invite_bot`, `options(view, action_id, typed)`,
`modal()`, `home()`. `where` is a `Message` or `View`. What is not on show raises `NotOnShow`.

**Faults** on Web API calls, `ws.faults`: `error(method, name, times=1, when=, after_doing=)`, `rate_limit(method,
times, retry_after=)`, `server_error(method, times, status=)`, `reset(method, times, after_doing=)`, `slow(method,
seconds)`, `refuse_everything()`, `answer_again()`. "*" is every method, "upload" the sending of a file's bytes,
"response_url" a post to one; `times=None` is until `answer_again()`; `after_doing` lets the call take effect and
spoils only its answer; `calls` then holds what was done, not what the caller saw. `await ws.uninstall()` and
`await ws.revoke_tokens()` end the app's token and tell it.

**Forging**, `ws.forging`: `post(body, secret=, timestamp=, signed=, content_type=)`, `post_payload(kind, payload,
...)`, `again(delivery)` for the same delivery once more.

**Socket Mode**, `ws.sockets`: `connections`, `deafen()` (those that are open now stay so and bring nothing any more),
`says_hello` (False: new ones are not greeted), `await disconnect(reason)` ("warning", "refresh_requested"), `await
drop()` (cut without a word).
"""

from sandbox.slack.acting import Submission
from sandbox.slack.calls import Call, CallLog
from sandbox.slack.delivery import Delivery
from sandbox.slack.feed import NothingCame
from sandbox.slack.finding import NotOnShow
from sandbox.slack.messages import Message
from sandbox.slack.person import Person
from sandbox.slack.settings import DEFAULT_SCOPES
from sandbox.slack.uploads import StoredFile
from sandbox.slack.views import View
from sandbox.slack.workspace import Workspace

__all__ = [
    "DEFAULT_SCOPES",
    "Call",
    "CallLog",
    "Delivery",
    "Message",
    "NotOnShow",
    "NothingCame",
    "Person",
    "StoredFile",
    "Submission",
    "View",
    "Workspace",
]
