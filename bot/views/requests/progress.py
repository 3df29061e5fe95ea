"""The card while the push runs."""

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bot.actions import Action
from bot.views.parts.blocks import Block, Element, button, confirmation, section
from bot.views.parts.markup import marked, together, when
from bot.views.requests.results import failure_list, failures_in_words, tally
from bot.views.requests.story import Story, review_button, shown_state, small_print, why_not_sent
from core.domain.push import JobState
from core.models.requests import ItemResult, JobView, RequestCard
from core.text.moments import in_utc

_BAR = 20
# The jobs of one run are released together; between two runs lies at least a person's click.
_ONE_RUN = dt.timedelta(seconds=1)


@dataclass(frozen=True)
class _Run:
    """How far the present run is, over all its jobs."""

    total: int
    ended: int
    succeeded: int
    in_flight: int
    has_started: bool
    is_stopping: bool
    results: tuple[ItemResult, ...]


def pushing_story(card: RequestCard, record_url: Callable[[str], str]) -> Story:
    """How far the push is, in words and as a bar; what failed so far."""
    run = _present_run(card.jobs)
    facts = _facts(card, run)
    state = "Stopping" if run.is_stopping else "Pushing"
    words = together([f"{state} {run.ended:,} of {run.total:,}", *facts])
    bar = marked("`{}`", _bar(run.ended, run.total))
    failures = _not_tried_again(card, run)
    failed = failures_in_words(failures)
    wait = f" ServiceNow asked us to wait until {in_utc(card.waiting_until)}." if card.waiting_until else ""
    return Story(
        told=f"{state.lower()}, {run.ended:,} of {run.total:,}: {', '.join(facts)}.{wait}{f' {failed}' if failed else ''}",
        headline=marked("*{}*\n{}", words, bar),
        body=[*_notes(card, run), *failure_list(failures, record_url), small_print(card)],
        buttons=[None if run.is_stopping else _stop_button(card), review_button(card)],
    )


def _not_tried_again(card: RequestCard, run: _Run) -> list[ItemResult]:
    """The results, without the earlier failures that the present run tries to mend."""
    has_results = {result.statement_id for result in run.results}
    return [result for result in card.results if result.statement_id in has_results or not result.retryable]


def time_left(seconds: float) -> str:
    """A rough time, as people say it."""
    if seconds < 10:
        return "a few seconds left"
    if seconds < 90:
        return f"about {round(seconds / 5) * 5} s left"
    return f"about {round(seconds / 60)} min left"


def _present_run(jobs: Sequence[JobView]) -> _Run:
    released = [job for job in jobs if job.released_at is not None]
    still = [job for job in released if job.state in (JobState.PENDING, JobState.RUNNING)]
    starts = [job.released_at for job in still or released if job.released_at is not None]
    since = (min(starts) if still else max(starts)) - _ONE_RUN if starts else None
    run = [job for job in released if since is not None and job.released_at is not None and job.released_at >= since]
    return _Run(
        total=sum(job.total for job in run),
        ended=sum(job.ended for job in run),
        succeeded=sum(job.succeeded for job in run),
        in_flight=sum(job.in_flight for job in run),
        has_started=any(job.started_at is not None for job in run),
        is_stopping=any(job.is_stopping for job in run),
        results=tuple(result for job in run for result in job.results),
    )


def _facts(card: RequestCard, run: _Run) -> list[str]:
    if not run.has_started:
        return ["waiting for its turn"]
    facts = [f"{run.succeeded:,} done", *tally([result for result in run.results if not result.is_success])]
    facts.append(f"{run.in_flight:,} being written" if run.in_flight else "")
    facts.append(_rest_of_time(card, run))
    return [fact for fact in facts if fact]


def _rest_of_time(card: RequestCard, run: _Run) -> str:
    """Empty where the pace so far says nothing about the rest."""
    is_held = run.is_stopping or card.is_paused or card.waiting_until is not None
    if card.seconds_left is None or is_held or run.ended >= run.total:
        return ""
    return time_left(card.seconds_left)


def _notes(card: RequestCard, run: _Run) -> list[Block]:
    notes = []
    if run.is_stopping:
        notes.append(section("Stopping: what was not sent yet stays as it is; writes under way are finished."))
    if pause := why_not_sent(card):
        notes.append(section(pause))
    if card.waiting_until is not None:
        notes.append(section(marked("ServiceNow asked us to wait: the push goes on {}.", when(card.waiting_until))))
    return notes


def _bar(ended: int, total: int) -> str:
    full = _BAR * ended // total if total else 0
    return "█" * full + "░" * (_BAR - full)


def _stop_button(card: RequestCard) -> Element:
    question = confirmation(
        f"Stop push request #{card.number}?",
        "What was not sent yet stays as it is in ServiceNow. Writes under way are finished.",
        yes="Stop",
        no="Go on",
    )
    return button(
        "Stop", Action.STOP_PUSH, shown_state(card), spoken=f"Stop push request #{card.number}", confirm=question
    )
