import io
from dataclasses import replace

from rich.console import Console

from bot.cli.following import Follower
from core.domain.outcome import Level, Outcome
from core.domain.push import RequestState
from tests.views import examples as ex


def told(*results, **changes) -> str:
    console = Console(file=io.StringIO(), width=400)
    card = ex.a_card(RequestState.PARTLY, jobs=(ex.a_job(len(results), *results),))
    Follower(console).tell_results(replace(card, **changes))
    return console.file.getvalue()


def test_a_success_with_a_but_is_told_and_is_not_lost_in_a_count():
    words = told(
        ex.a_result(1),
        ex.a_result(2, Outcome.POSSIBLY_OVERWROTE),
        ex.a_result(3, level=Level.UNVERIFIED),
        ex.a_result(4, Outcome.OVERWROTE),
    )

    assert "could not be recovered" in words
    assert "not verified" in words
    assert "Their text is kept" in words
    assert words.splitlines()[-1].startswith("Partly done: 3 pushed, 1 of them not verified, 1 crossed by somebody")


def test_why_a_push_stopped_is_told_once():
    jobs = (ex.a_job(1, ex.a_result(1, Outcome.NOT_REACHED), failure="ServiceNow is asleep."),)

    words = told(jobs=jobs)

    assert words.count("ServiceNow is asleep.") == 1
    assert "1 not sent" in words
