"""Showing on a terminal how a push goes: a bar where there is one, plain lines elsewhere."""

from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from bot.cli.session import shown
from bot.views.requests.results import state_in_words, tally
from bot.views.requests.story import why_not_sent
from core.domain.push import RequestState
from core.models.requests import RequestCard

_WAITS = {
    RequestState.SETTLING: "{conflicts} in conflict: settle them in the thread in Slack.",
    RequestState.WAITING: "Waiting for approval in Slack ({given} of {needed}).",
}


class Follower:
    """Shows the newest state of one request."""

    def __init__(self, console: Console) -> None:
        """Nothing is shown yet."""
        self._console = console
        columns = (TextColumn("Pushing"), BarColumn(), TextColumn("{task.completed} of {task.total}"))
        self._bar = Progress(*columns, TimeRemainingColumn(), console=console, transient=True)
        self._task = self._bar.add_task("push", total=None, visible=False)
        self._said = ""

    def __enter__(self) -> Self:
        """Begin to show."""
        if self._console.is_terminal:
            self._bar.start()
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        """Take the bar away; what was said stays."""
        self._bar.stop()

    def show(self, card: RequestCard) -> None:
        """Show how the request stands now."""
        ended, total = sum(job.ended for job in card.jobs), sum(job.total for job in card.jobs)
        is_pushing = card.state is RequestState.PUSHING
        self._bar.update(self._task, completed=ended, total=max(total, 1), visible=is_pushing)
        self._say(self._sentence(card, ended, total))

    def tell_results(self, card: RequestCard) -> None:
        """Say what came out: whatever did not go smoothly with what to do, then the whole in a sentence."""
        for result in card.results:
            if result.severity is not None:
                colour = "yellow" if result.is_success else "red"
                self._console.print(f"[{colour}]{shown(result.label)}[/{colour}]: {shown(result.sentence)}")
                self._console.print(f"  {shown(result.next_step)}")
        notes = " ".join(part for part in (card.note, card.stopped_for) if part)
        counts = ", ".join(tally(card.results)) or "nothing was pushed"
        self._console.print(f"{state_in_words(card)}: {counts}. {shown(notes)}".rstrip())

    def _sentence(self, card: RequestCard, ended: int, total: int) -> str:
        if card.state in _WAITS:
            return _WAITS[card.state].format(
                conflicts=len(card.open_conflicts), given=len(card.approvals), needed=card.approvals_required
            )
        if card.state is not RequestState.PUSHING:
            return ""
        if card.is_paused:
            return why_not_sent(card)
        if card.waiting_until is not None:
            return f"ServiceNow asked us to wait: the push goes on at {card.waiting_until:%H:%M} UTC."
        return "" if self._console.is_terminal else f"{ended} of {total} done."

    def _say(self, sentence: str) -> None:
        if sentence and sentence != self._said:
            self._said = sentence
            self._console.print(sentence)
