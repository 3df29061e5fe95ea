import datetime as dt
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.views.parts.markup import (
    Mrkdwn,
    beginning,
    counted,
    cut,
    escaped,
    has_slack_id,
    link,
    marked,
    mention,
    together,
    when,
)
from core.domain.diff_words import count_of_words
from tests.views.examples import EDITOR, NOON, ON_THE_COMMAND_LINE, a_person

BOT = Path(__file__).parents[2] / "bot"

FAMILY = "👩🏽‍🚒"


def test_what_people_type_cannot_become_markup():
    assert escaped("<!channel> & <@U0ADMIN>") == "&lt;!channel&gt; &amp; &lt;@U0ADMIN&gt;"


def test_marked_up_text_is_not_escaped_twice():
    name = marked("*{}*", "A & B")

    assert marked("{} and {}", name, "C < D") == "*A &amp; B* and C &lt; D"


def test_joining_with_a_plain_string_loses_the_mark_and_so_is_escaped_again():
    assert escaped(link("https://a.example/x", "a") + " b") == "&lt;https://a.example/x|a&gt; b"


def test_a_link_cannot_be_broken_out_of():
    assert link("https://a.example/?q=a|b c", "x|y>z") == "<https://a.example/?q=a%7Cb%20c|x/y&gt;z>"


@pytest.mark.pitfall("U11")
def test_a_moment_is_shown_in_the_readers_zone_and_in_utc_elsewhere():
    token = when(dt.datetime(2026, 11, 23, 13, 0, tzinfo=dt.timezone(dt.timedelta(hours=1))))

    assert token == "<!date^1795435200^{date_short_pretty} {time}|23 Nov 2026, 12:00 UTC>"


@pytest.mark.pitfall("U11")
def test_only_one_place_writes_a_moment_for_slack():
    writing = [path for path in BOT.rglob("*.py") if "<!date" in path.read_text(encoding="utf-8")]

    assert [path.name for path in writing] == ["markup.py"]


@pytest.mark.parametrize(
    ("person", "shown"),
    [
        (EDITOR, "<@U0EDITOR>"),
        (ON_THE_COMMAND_LINE, "Alex Admin"),
        (a_person(9, "A <b> & C", None), "A &lt;b&gt; &amp; C"),
        (a_person(9, "Somebody", "!channel"), "Somebody"),
        (None, "somebody"),
    ],
)
def test_a_person_is_mentioned_where_slack_knows_them_and_named_elsewhere(person, shown):
    assert mention(person) == shown


def test_what_is_no_slack_id_is_not_put_into_a_mention():
    assert not has_slack_id(a_person(9, "X", "U0EDITOR> <!here"))


def test_empty_parts_leave_no_separator():
    assert together(["a", "", "b"]) == "a · b"


def test_numbers_are_easy_to_read():
    assert [counted(n, "statement") for n in (0, 1, 1000)] == ["0 statements", "1 statement", "1,000 statements"]


@pytest.mark.pitfall("P19")
def test_a_cut_says_how_many_words_are_missing():
    assert cut("word " * 100, 120).endswith(" … (83 more words)")


@pytest.mark.pitfall("P19")
def test_a_cut_does_not_go_through_a_visible_character():
    assert cut(FAMILY * 30, 10) == FAMILY * 2 + "…"


@pytest.mark.pitfall("P19")
@pytest.mark.parametrize("limit", range(100, 130))
def test_a_cut_never_goes_through_a_token_or_an_escape(limit):
    text = Mrkdwn("a " * 40 + f"{when(NOON)} &amp;&lt;" + "b" * 200)

    head = cut(text, limit).split(" … (")[0]

    assert text.startswith(head)
    assert head.count("<") == head.count(">")
    assert head.count("&") == head.count(";")


@pytest.mark.pitfall("P19")
@given(st.text(max_size=400), st.integers(100, 300))
def test_a_cut_keeps_its_limit_and_counts_every_word(text, limit):
    shown = cut(text, limit)

    assert len(shown) <= limit
    if shown != text:
        head = shown[: shown.rindex(" … (")]
        assert text.startswith(head)
        assert f"({counted(count_of_words(text[len(head) :]), 'more word')})" in shown


@given(st.text(max_size=200), st.integers(1, 60))
def test_beginnings_put_together_are_the_text(text, room):
    parts, rest = [], text
    while rest:
        part = beginning(rest, room) or rest[:room]
        assert len(part) <= room
        parts.append(part)
        rest = rest[len(part) :]

    assert "".join(parts) == text


@given(st.text())
def test_escaped_text_holds_no_markup(text):
    shown = escaped(text)

    assert "<" not in shown
    assert ">" not in shown
    assert escaped(shown) == shown
