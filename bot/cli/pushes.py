"""Asking for a push from the command line, and following it."""

import asyncio
import contextlib
import json
import uuid
from collections.abc import AsyncIterator
from typing import Annotated

import typer

from bot.cli.following import Follower
from bot.cli.session import REFUSED, actor, err, guarded, out, run, shown
from bot.local import make_engine
from bot.views.parts.markup import counted
from core.domain.push import OPEN_STATES, Readiness, RequestState
from core.errors import ConfigurationError, NothingToPush, UsageError
from core.models.requests import PushPreview, RequestCard, RequestLine
from core.store.modified import is_free, list_ids
from core.usecases.requests.asking import request_push
from core.usecases.requests.cards import request_card
from core.usecases.requests.drafts import prepare_push
from core.usecases.statements.edits import get_statement
from core.wiring import Core

_LOOK_SECONDS = 0.5
_HELP = "A statement id, a ServiceNow sys_id, or SYSTEM/CONTROL; several may be given."


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command("request")(request_command)


def request_command(
    names: Annotated[list[str] | None, typer.Argument(metavar="ID...", help=_HELP)] = None,
    every: Annotated[
        bool, typer.Option("--all", help="Everything modified that is neither in conflict nor in an open push request.")
    ] = False,
    reason: Annotated[str, typer.Option(help="Why; approvers see it.")] = "",
    wait: Annotated[bool, typer.Option("--wait/--no-wait", help="Wait until it ends, and say how it went.")] = True,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON at the end.")] = False,
) -> None:
    """Ask for a push, and wait for it. Conflicts are settled, and approvals given, in Slack; nobody approves from here.

    Exit status: 0 when everything is in ServiceNow (or, with --no-wait, asked for), 1 when not, also when a statement was
    refused or left out. Ctrl-C ends the waiting, not the push.
    """
    guarded(lambda: _one_way(names or [], every=every))
    card = run(lambda core: _request(core, names or [], reason.strip(), wait=wait))
    if as_json:
        out.print_json(json.dumps(_facts(card)))
    if (wait and card.state is not RequestState.DONE) or any(_is_left(line) for line in card.lines):
        raise typer.Exit(REFUSED)


def _one_way(names: list[str], *, every: bool) -> None:
    if bool(names) == every:
        raise UsageError("Name the statements, or say --all.", next_step="grcpush list shows what is modified.")


async def _request(core: Core, names: list[str], reason: str, *, wait: bool) -> RequestCard:
    person = await actor(core)
    ids = [(await get_statement(core, name)).id for name in names] or await _everything_free(core)
    preview = await prepare_push(core, person, ids)
    _tell_left_out(preview)
    asked = await request_push(core, person, preview.request_id, reason=reason, channel=core.settings.slack_channel)
    err.print(f"Push request #{asked.number}: {counted(sum(job.total for job in asked.jobs), 'statement')}.")
    if not wait:
        return asked
    newest = asked
    with Follower(err) as follower:
        async for newest in _followed(core, asked):
            follower.show(newest)
    follower.tell_results(newest)
    return newest


async def _everything_free(core: Core) -> list[uuid.UUID]:
    async with core.db.reading() as tx:
        free = await list_ids(tx, [is_free()])
    if not free:
        raise NothingToPush(
            "Nothing is modified that is neither in conflict nor in an open push request.",
            next_step="grcpush list shows what there is.",
        )
    return free


def _is_left(line: RequestLine) -> bool:
    """Whether the statement was named, and is neither part of the push nor in ServiceNow already."""
    return line.readiness is Readiness.REFUSED or line.left_out is not None


def _tell_left_out(preview: PushPreview) -> None:
    for line in preview.lines:
        if line.readiness in (Readiness.SAME, Readiness.REFUSED):
            reason = line.reason or "ServiceNow already holds this text."
            err.print(f"[yellow]left out[/yellow] {shown(line.label)}: {shown(reason)}")


async def _followed(core: Core, card: RequestCard) -> AsyncIterator[RequestCard]:
    """The request each time it may look different, until it has ended; pushes it here when no `serve` does."""
    async with contextlib.AsyncExitStack() as stack:
        has_tried = False
        while True:
            yield card
            if card.state not in OPEN_STATES:
                return
            if card.state is RequestState.PUSHING and not has_tried:
                has_tried = True
                await _push_here(core, stack)
            await asyncio.sleep(_LOOK_SECONDS)
            card = await request_card(core, card.id)


async def _push_here(core: Core, stack: contextlib.AsyncExitStack) -> None:
    """Run the engine in this process, unless another one has its role: then that one pushes."""
    engine = make_engine(core)
    try:
        await engine.start()
    except ConfigurationError:
        return
    stack.push_async_callback(engine.stop, patience_seconds=core.settings.push_timeout_seconds)
    core.signals.work_released = engine.wake
    engine.wake()


def _facts(card: RequestCard) -> dict[str, object]:
    results = [
        {
            "statement_id": str(result.statement_id),
            "statement": result.label,
            "success": result.is_success,
            "outcome": result.outcome.value,
            "sentence": result.sentence,
            "next_step": result.next_step,
            "retryable": result.retryable,
        }
        for result in card.results
    ]
    left_out = [
        {"statement_id": str(line.statement_id), "statement": line.label, "reason": line.reason}
        for line in card.lines
        if _is_left(line)
    ]
    return {
        "number": card.number,
        "request_id": str(card.id),
        "job_ids": [str(job.id) for job in card.jobs],
        "state": card.state,
        "results": results,
        "left_out": left_out,
    }
