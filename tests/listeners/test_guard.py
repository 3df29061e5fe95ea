"""What happens to errors: one message to the person, an acknowledgement in time, nothing escaping into Bolt."""

import asyncio
import contextlib
import re
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable

import aiohttp
import pytest
from fastapi import FastAPI
from slack_bolt.async_app import AsyncApp
from slack_bolt.kwargs_injection.async_args import AsyncArgs
from slack_sdk.web.async_client import AsyncWebClient

from bot.actions import Action, ButtonValue, Callback, decode
from bot.background import Background
from bot.guard import Guard
from bot.slack.modals import open_modal, replace_submitted
from bot.views.parts.blocks import Submission, button, modal, reason_input, section
from bot.web.server import install_slack, served
from core import errors
from sandbox.slack import Workspace
from sandbox.slack.blockkit.reading import elements
from tests.stage import CHANNEL, REQUESTER

Listener = Callable[[AsyncArgs], Awaitable[None]]
VALUE = ButtonValue(uuid.UUID(int=1))
QUESTION = modal(
    "Question",
    Submission(Callback.DECLINE, VALUE, "Send"),
    reason_input("Reason", hint="In a sentence.", optional=True),
)


@contextlib.asynccontextmanager
async def guarded(slack: Workspace, **listeners: Listener) -> AsyncIterator[None]:
    """An application with these guarded listeners: `command`, `action` and `view`."""
    background = Background()
    client = AsyncWebClient(token=slack.bot_token, base_url=f"{slack.url}/api/")
    app = AsyncApp(client=client, signing_secret=slack.signing_secret, raise_error_for_unhandled_request=True)
    guard = Guard(background)
    for kind, listener in listeners.items():
        names = {"command": "/grcpush", "action": Action.REVIEW.value, "view": Callback.DECLINE.value}
        getattr(app, kind)(names[kind])(guard.guarded(listener))
    server = FastAPI()
    install_slack(server, app)
    async with served(server, "127.0.0.1", 0) as url:
        slack.deliver_to(url)
        yield
        await background.drain(5)


def all_errors() -> list[errors.GrcError]:
    """One of each foreseen error."""
    made: list[errors.GrcError] = []
    kinds = [errors.GrcError]
    for kind in kinds:
        # Some are of two kinds at once, and are met twice.
        kinds += [each for each in kind.__subclasses__() if each not in kinds]
        extra: dict[str, object] = {}
        if issubclass(kind, errors.NotAllowed):
            extra = {"gate": "role"}
        if issubclass(kind, errors.RemoteThrottled):
            extra = {"retry_after_seconds": 3.0}
        if issubclass(kind, errors.ConflictsRemain):
            extra = {"statement_ids": ()}
        made.append(kind(f"The rule of {kind.__name__} said no.", next_step="Ask the owner.", **extra))
    return made


@pytest.mark.pitfall("U4", "P26")
@pytest.mark.parametrize("is_acknowledged", [True, False])
async def test_each_foreseen_error_becomes_one_message_that_only_the_person_sees(
    slack: Workspace, is_acknowledged: bool
) -> None:
    raised = iter(all_errors())

    async def refuse(args: AsyncArgs) -> None:
        if is_acknowledged:
            await args.ack()
        raise next(raised)

    async with guarded(slack, command=refuse):
        for number, error in enumerate(all_errors(), 1):
            delivery = await slack.person(REQUESTER).command("/grcpush", channel=CHANNEL)
            told = await slack.wait_ephemeral(REQUESTER, error.sentence)
            assert delivery.ok
            assert "Ask the owner." in told.words
            assert len(slack.ephemerals(REQUESTER)) == number

    assert slack.messages(CHANNEL) == []
    assert slack.failures == []


@pytest.mark.pitfall("U4")
@pytest.mark.parametrize("is_acknowledged", [True, False])
async def test_a_bug_gives_the_person_a_reference_that_is_in_the_log(
    slack: Workspace, caplog: pytest.LogCaptureFixture, is_acknowledged: bool
) -> None:
    async def break_down(args: AsyncArgs) -> None:
        if is_acknowledged:
            await args.ack()
        raise ZeroDivisionError("statement text must not be here, but the log may say so")

    async with guarded(slack, command=break_down):
        delivery = await slack.person(REQUESTER).command("/grcpush", channel=CHANNEL)
        told = await slack.wait_ephemeral(REQUESTER, "Something broke")

    assert delivery.ok
    reference = re.findall(r"Reference: (\w{8})", told.text)[0]
    (record,) = [one for one in caplog.records if reference in one.getMessage()]
    assert record.exc_info is not None
    assert "ZeroDivisionError" not in told.words
    assert "statement text" not in told.words


@pytest.mark.pitfall("P4")
async def test_an_acknowledgement_is_not_lost_when_the_listener_breaks_right_after_it(slack: Workspace) -> None:
    async def break_down(args: AsyncArgs) -> None:
        await args.ack()
        raise ZeroDivisionError

    async with guarded(slack, command=break_down):
        deliveries = await asyncio.gather(
            *(slack.person(REQUESTER).command("/grcpush", channel=CHANNEL) for _ in range(5))
        )

    assert [delivery.status for delivery in deliveries] == [200] * 5
    assert all(delivery.ok for delivery in deliveries)


@pytest.mark.pitfall("P18")
async def test_an_error_while_a_modal_is_loading_is_told_in_that_modal(slack: Workspace) -> None:
    async def refuse(args: AsyncArgs) -> None:
        await args.ack()
        await open_modal(args, modal("Loading", Submission(Callback.READ_ONLY), section("Loading the question…")))
        raise errors.NotFound("This is gone.", next_step="Start anew.")

    async with guarded(slack, command=refuse):
        await slack.person(REQUESTER).command("/grcpush", channel=CHANNEL)
        shown = await slack.wait_view(REQUESTER, "This is gone.")

    assert slack.views(REQUESTER) == [shown]
    assert slack.ephemerals(REQUESTER) == []


async def test_an_error_after_a_submission_was_replaced_is_told_in_its_place(slack: Workspace) -> None:
    async def ask(args: AsyncArgs) -> None:
        await args.ack()
        await open_modal(args, QUESTION)

    async def refuse(args: AsyncArgs) -> None:
        await replace_submitted(args, modal("Loading", Submission(Callback.READ_ONLY), section("Sending the answer…")))
        raise errors.StaleCard("Somebody was faster.")

    async with guarded(slack, command=ask, view=refuse):
        ravi = slack.person(REQUESTER)
        await ravi.command("/grcpush", channel=CHANNEL)
        submitted = await ravi.submit(await slack.wait_view(REQUESTER, "Reason"))
        shown = await slack.wait_view(REQUESTER, "Somebody was faster.")

    assert submitted.ok
    assert slack.views(REQUESTER) == [shown]


async def test_a_refused_submission_shows_why_in_the_same_modal(slack: Workspace) -> None:
    async def ask(args: AsyncArgs) -> None:
        await args.ack()
        await open_modal(args, QUESTION)

    async def refuse(args: AsyncArgs) -> None:
        raise errors.PushInProgress("AC-2 is part of push request #7.")

    async with guarded(slack, command=ask, view=refuse):
        ravi = slack.person(REQUESTER)
        await ravi.command("/grcpush", channel=CHANNEL)
        submitted = await ravi.submit(await slack.wait_view(REQUESTER, "Reason"))

    assert submitted.ok
    assert submitted.view is not None
    assert "push request #7" in submitted.view.words


async def test_a_click_in_a_modal_that_is_refused_is_told_over_that_modal(slack: Workspace) -> None:
    async def ask(args: AsyncArgs) -> None:
        await args.ack()
        look = button("Look closer", Action.REVIEW, VALUE, spoken="Look closer at the change")
        await open_modal(
            args, modal("Question", Submission(Callback.READ_ONLY), {"type": "actions", "elements": [look]})
        )

    async def refuse(args: AsyncArgs) -> None:
        await args.ack()
        raise errors.NotFound("This page is gone.")

    async with guarded(slack, command=ask, action=refuse):
        ravi = slack.person(REQUESTER)
        await ravi.command("/grcpush", channel=CHANNEL)
        first = await slack.wait_view(REQUESTER, "Look closer")
        await ravi.click(first, Action.REVIEW)
        told = await slack.wait_view(REQUESTER, "This page is gone.")

    assert slack.views(REQUESTER) == [first, told]


async def test_where_the_response_url_does_not_take_the_answer_it_comes_as_a_direct_message(slack: Workspace) -> None:
    async def refuse(args: AsyncArgs) -> None:
        await args.ack()
        raise errors.NotFound("This is gone.")

    async with guarded(slack, command=refuse):
        slack.faults.server_error("response_url", times=1, status=500)
        await slack.person(REQUESTER).command("/grcpush", channel=CHANNEL)
        await slack.wait_message("This is gone.")

    assert [message.words.count("This is gone.") for message in slack.direct_messages(REQUESTER)] == [2]
    assert slack.ephemerals(REQUESTER) == []


async def test_when_slack_takes_no_answer_at_all_the_log_says_so_and_the_delivery_is_still_acknowledged(
    slack: Workspace, caplog: pytest.LogCaptureFixture
) -> None:
    async def refuse(args: AsyncArgs) -> None:
        await args.ack()
        slack.faults.refuse_everything()
        raise errors.NotFound("This is gone.")

    async with guarded(slack, command=refuse):
        delivery = await slack.person(REQUESTER).command("/grcpush", channel=CHANNEL)

    assert delivery.ok
    assert "listener.answer_failed" in caplog.text


def out_of_order(slack: Workspace) -> None:
    slack.faults.server_error("views.open", status=502)


def cut_off(slack: Workspace) -> None:
    slack.faults.reset("views.open", times=2)


@pytest.mark.parametrize(
    ("happens", "name"),
    [(out_of_order, "http_502"), (cut_off, "ServerDisconnectedError")],
)
async def test_slacks_own_trouble_is_named_as_such_and_not_as_a_mistake_of_ours(
    slack: Workspace, happens: Callable[[Workspace], None], name: str
) -> None:
    async def ask(args: AsyncArgs) -> None:
        await args.ack()
        happens(slack)
        await open_modal(args, QUESTION)

    async with guarded(slack, command=ask):
        await slack.person(REQUESTER).command("/grcpush", channel=CHANNEL)
        told = await slack.wait_ephemeral(REQUESTER, "in a moment")

    assert name in told.words
    assert "Reference" not in told.words


@pytest.mark.pitfall("P6")
async def test_a_listener_that_is_too_late_for_its_modal_offers_to_open_it_again(slack: Workspace) -> None:
    async def ask(args: AsyncArgs) -> None:
        await args.ack()
        slack.clock.advance(10)
        await open_modal(args, QUESTION)

    async with guarded(slack, command=ask):
        await slack.person(REQUESTER).command("/grcpush", "edit AC-2", channel=CHANNEL)
        told = await slack.wait_ephemeral(REQUESTER, "Nothing was done")

    (placed,) = elements(told.blocks)
    assert (placed.action_id, decode(placed.element["value"]).word) == (Action.OPEN_AGAIN, "edit AC-2")
    assert slack.calls.refused()[-1].error == "expired_trigger_id"


async def test_a_drawing_that_slack_refuses_is_a_mistake_of_ours(slack: Workspace) -> None:
    async def draw(args: AsyncArgs) -> None:
        await args.ack()
        slack.faults.error("views.open", "invalid_arguments")
        await open_modal(args, QUESTION)

    async with guarded(slack, command=draw):
        await slack.person(REQUESTER).command("/grcpush", channel=CHANNEL)
        await slack.wait_ephemeral(REQUESTER, "Reference")


async def test_a_listener_that_forgets_to_acknowledge_in_time_still_tells_the_person_how_it_ended(
    slack: Workspace,
) -> None:
    ended = asyncio.Event()

    async def dawdle(args: AsyncArgs) -> None:
        if args.command and args.command["text"] == "quickly":
            await args.ack()
            return
        await ended.wait()
        raise errors.NotFound("This took long, and is gone.")

    async with guarded(slack, command=dawdle):
        # Until the connection is there, what Slack gives up after its time might not even have arrived.
        await slack.person(REQUESTER).command("/grcpush", "quickly", channel=CHANNEL)
        slack.ack_timeout = 0.5
        delivery = await slack.person(REQUESTER).command("/grcpush", channel=CHANNEL)
        ended.set()
        await slack.wait_ephemeral(REQUESTER, "This took long")

    assert delivery.error == "timeout"


async def test_a_call_that_slack_answers_too_late_is_told_as_slacks_trouble_and_not_as_a_bug(slack: Workspace) -> None:
    slack.faults.slow("users.info", 0.5)

    async def asks(args: AsyncArgs) -> None:
        await args.ack()
        async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=0.1)) as session:
            impatient = AsyncWebClient(token=slack.bot_token, base_url=f"{slack.url}/api/", session=session)
            await impatient.users_info(user=REQUESTER)

    async with guarded(slack, command=asks):
        await slack.person(REQUESTER).command("/grcpush", channel=CHANNEL)
        told = await slack.wait_ephemeral(REQUESTER, "Slack did not answer in time")

    assert "Do it again in a moment." in told.words
    assert "reference" not in told.words
