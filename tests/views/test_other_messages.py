import pytest

from bot.views.messages.help import COMMANDS, help_message
from bot.views.messages.problem import bug_message, bug_modal, problem_message, problem_modal
from bot.views.messages.status import resumed_message, status_message
from bot.views.people.digest import digest_message
from core.errors import AlreadyResolved, GrcError, NotAllowed, Refused, RemoteForbidden
from core.text.moments import in_utc
from tests.payload_lint import lint
from tests.views import examples as ex
from tests.views.reading import words_of
from tests.views.scenes import payload

GATE = NotAllowed("You asked for push request #42 <yourself>.", gate="requester", next_step="Ask another approver.")


def test_a_digest_says_how_many_and_how_old():
    drawn = digest_message(ex.a_digest(4, working_days=3))

    assert drawn.text.startswith("4 statements of yours not pushed yet, the oldest for 3 working days.")
    assert words_of(drawn).count("•") == 4


def test_a_digest_lists_five_and_counts_the_others():
    words = words_of(digest_message(ex.a_digest(137, conflicts=19, waiting=2)))

    assert words.count("•") == 5
    assert "132 more" in words
    assert "19 statements in conflict · 2 statements in an open push request" in words


def test_a_digest_of_one_speaks_of_one():
    text = digest_message(ex.a_digest(1, working_days=1)).text

    assert text.startswith("1 statement of yours not pushed yet, for 1 working day.")


def test_an_empty_digest_cannot_be_drawn():
    with pytest.raises(ValueError, match="not sent"):
        digest_message(ex.a_digest(0))


def test_a_refusal_says_why_and_what_to_do_next():
    drawn = problem_message(GATE)

    assert drawn.text == "You asked for push request #42 &lt;yourself&gt;. Ask another approver."
    assert words_of(drawn) == "*You asked for push request #42 &lt;yourself&gt;.*\nAsk another approver."


def test_a_bug_gives_its_reference_in_message_and_modal():
    assert "R-7F3A2C" in bug_message("R-7F3A2C").text
    assert "R-7F3A2C" in words_of(bug_message("R-7F3A2C"))
    assert "R-7F3A2C" in words_of(bug_modal("R-7F3A2C"))


@pytest.mark.pitfall("U4")
@pytest.mark.parametrize(
    "error", [GATE, RemoteForbidden("ServiceNow said no to it."), Refused("x" * 5_000), GrcError("")]
)
def test_every_error_can_be_shown_in_message_and_modal(error):
    lint(problem_modal(error))
    if len(error.sentence.split()) > 1:
        lint(payload(problem_message(error)))


def test_help_names_every_command():
    drawn = help_message()

    assert all(command in words_of(drawn) and command in drawn.text for command in COMMANDS)


def test_help_is_six_lines_with_buttons_for_the_common_three():
    *sections, doors = help_message().blocks

    assert sum(len(block["text"]["text"].splitlines()) for block in sections) == 6
    assert len(doors["elements"]) == 3


def test_status_says_when_writing_is_paused():
    assert (
        "Writing to ServiceNow is paused: nothing is sent until an admin resumes it."
        in status_message(ex.a_status(is_paused=True)).text
    )
    assert "paused" not in status_message(ex.a_status()).text


def test_the_end_of_a_pause_does_not_promise_that_a_read_only_deployment_writes():
    told = resumed_message(ex.a_status(is_paused=True, is_read_only=True)).text

    assert "goes on" not in told
    assert "sets READ_ONLY to false" in told


@pytest.mark.pitfall("U11")
def test_a_moment_in_a_refusal_is_shown_in_the_readers_zone_and_spoken_in_utc():
    error = AlreadyResolved(f"Editor already settled this conflict with a merge, {in_utc(ex.NOON)}.")

    drawn = problem_message(error)

    assert f"a merge, <!date^{int(ex.NOON.timestamp())}^" in words_of(drawn)
    assert f"|{in_utc(ex.NOON)}>" in words_of(problem_modal(error))
    assert in_utc(ex.NOON) in drawn.text
    assert "<!date" not in drawn.text


@pytest.mark.parametrize("words", ["31 Feb 2026, 10:00 UTC", "12 Abc 2026, 10:00 UTC", "23 Nov 2026, 12:00"])
def test_what_only_looks_like_a_moment_stays_as_it_was_written(words):
    assert words in words_of(problem_message(Refused(f"Somebody wrote {words}.")))
