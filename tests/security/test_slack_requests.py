"""What claims to come from Slack: only what Slack signed, a moment ago, for the first time, does anything."""

import time
from typing import Any

import pytest

from sandbox.slack import Delivery
from sandbox.slack.deliveries.signing import signature
from sandbox.slack.delivery import encoded
from tests.stage import ADMIN, CHANNEL, REQUESTER
from tests.standing import Standing

PERSON = {"team": {"id": "T0GRC"}, "user": {"id": ADMIN, "team_id": "T0GRC"}, "api_app_id": "A0GRC", "trigger_id": "1"}
VIEW = {"id": "V1", "callback_id": "grc.decline", "private_metadata": "{}", "state": {"values": {}}, "hash": "h"}
CLICK = {"action_id": "grc.approve", "block_id": "b", "value": "{}", "type": "button", "action_ts": "1.2"}
MESSAGE = {"type": "message", "ts": "1.2", "user": "U0BOT", "text": "x"}

KINDS: dict[str, tuple[str, dict[str, Any]]] = {
    "command": ("slash_commands", {"command": "/grcpush", "text": "help", "user_id": ADMIN, "team_id": "T0GRC"}),
    "click": ("interactive", {"type": "block_actions", **PERSON, "actions": [CLICK], "message": MESSAGE}),
    "submission": ("interactive", {"type": "view_submission", **PERSON, "view": VIEW}),
    "closed modal": ("interactive", {"type": "view_closed", **PERSON, "view": VIEW}),
    "options": ("interactive", {"type": "block_suggestion", **PERSON, "action_id": "grc.systems", "value": ""}),
    "shortcut": ("interactive", {"type": "shortcut", **PERSON, "callback_id": "grc.open"}),
    "message shortcut": ("interactive", {"type": "message_action", **PERSON, "callback_id": "grc.open"}),
    "event": ("events_api", {"type": "event_callback", "team_id": "T0GRC", "event": {"type": "app_home_opened"}}),
    "address check": ("events_api", {"type": "url_verification", "challenge": "let-me-in"}),
}


def now(seconds: int = 0) -> str:
    return str(int(time.time()) + seconds)


WAYS: dict[str, dict[str, Any]] = {
    "signed with another secret": {"secret": "not-the-secret"},
    "not signed": {"signed": ""},
    "signed by hand": {"signed": "v0=" + "0" * 64},
    "another version of the scheme": {"signed": "v1=" + "0" * 64},
    "an hour old": {"timestamp": now(-3_600)},
    "six minutes old": {"timestamp": now(-360)},
    "an hour ahead": {"timestamp": now(3_600)},
    "without a time": {"timestamp": ""},
    "a time that is no number": {"timestamp": "soon"},
    "a time beyond all numbers": {"timestamp": "9" * 400},
}


def post(standing: Standing, kind: str, **how: Any) -> Delivery:
    return standing.do(standing.stage.slack.forging.post_payload(*KINDS[kind], **how))


def done_so_far(standing: Standing) -> tuple[int, int]:
    """How much the bot did: its calls to Slack, and what was answered to anybody."""
    slack = standing.stage.slack
    return len(list(slack.calls)), len(slack.ephemerals(ADMIN))


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_forged_or_stale_is_refused_and_does_nothing(standing: Standing, kind: str) -> None:
    before = done_so_far(standing)

    answers = {way: post(standing, kind, **how) for way, how in WAYS.items()}

    assert {way: answer.status for way, answer in answers.items()} == dict.fromkeys(WAYS, 401)
    assert all("let-me-in" not in str(answer.body) for answer in answers.values())
    assert done_so_far(standing) == before


def test_a_body_changed_after_it_was_signed_is_refused(standing: Standing) -> None:
    slack = standing.stage.slack
    standing.do(slack.person(REQUESTER).command("/grcpush", "help", channel=CHANNEL))
    known = slack.deliveries[-1]
    stamp, original = now(), known.payload

    async def signed_for_another() -> Delivery:
        body, kind = encoded(known.kind, original)
        signed = signature(slack.signing_secret, stamp, body)
        changed, _ = encoded(known.kind, {**original, "user_id": ADMIN})
        return await slack.forging.post(changed, content_type=kind, timestamp=stamp, signed=signed)

    assert standing.do(signed_for_another()).status == 401


@pytest.mark.pitfall("P7")
def test_a_delivery_that_is_sent_again_as_it_was_is_not_done_again(standing: Standing) -> None:
    slack, stamp = standing.stage.slack, now(5)
    standing.do(slack.person(REQUESTER).command("/grcpush", "status", channel=CHANNEL))
    standing.do(slack.wait_ephemeral(REQUESTER, "known"))
    known = slack.deliveries[-1]
    before = len(slack.ephemerals(REQUESTER))

    async def again() -> Delivery:
        return await slack.forging.post_payload(known.kind, known.payload, timestamp=stamp)

    first = standing.do(again())
    standing.do(slack.wait_for(lambda: len(slack.ephemerals(REQUESTER)) == before + 1))
    replayed = [standing.do(again()) for _ in range(3)]
    standing.do(slack.person(REQUESTER).command("/grcpush", "help", channel=CHANNEL))
    standing.do(slack.wait_for(lambda: len(slack.ephemerals(REQUESTER)) >= before + 2))

    assert (first.status, [answer.status for answer in replayed]) == (200, [200] * 3)
    assert len(slack.ephemerals(REQUESTER)) == before + 2


def test_a_forgery_does_not_use_up_the_signature_it_bears(standing: Standing) -> None:
    slack, stamp = standing.stage.slack, now(-5)
    standing.do(slack.person(REQUESTER).command("/grcpush", "status", channel=CHANNEL))
    standing.do(slack.wait_ephemeral(REQUESTER, "known"))
    known = slack.deliveries[-1]
    body, kind = encoded(known.kind, known.payload)
    signed = signature(slack.signing_secret, stamp, body)
    before = len(slack.ephemerals(REQUESTER))

    stolen = standing.do(slack.forging.post(b"command=%2Fgrcpush&text=mine", timestamp=stamp, signed=signed))
    honest = standing.do(slack.forging.post(body, content_type=kind, timestamp=stamp, signed=signed))
    standing.do(slack.wait_for(lambda: len(slack.ephemerals(REQUESTER)) == before + 1))

    assert (stolen.status, honest.status) == (401, 200)


@pytest.mark.parametrize("path", ["/", "/slack", "/slack/commands", "/slack/interactive", "/slack/install", "/api/v1"])
def test_deliveries_are_taken_at_one_path_only(standing: Standing, path: str) -> None:
    with standing.client(base="") as client:
        assert client.post(path, content=b"command=%2Fgrcpush").status_code == 404
        assert client.get("/slack/events").status_code == 405


def test_a_delivery_larger_than_any_of_slacks_is_not_even_read(standing: Standing) -> None:
    answer = standing.do(standing.stage.slack.forging.post(b"payload=" + b"x" * 1_100_000))

    assert answer.status == 413


def test_the_tests_of_a_certificate_which_nobody_signs_do_nothing(standing: Standing) -> None:
    before = done_so_far(standing)

    answer = standing.do(standing.stage.slack.forging.post(b"ssl_check=1&token=sandbox-verification", signed=""))

    assert answer.status in (200, 401)
    assert done_so_far(standing) == before
