import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.views.parts.diff_blocks import LIMIT, diff_block, size_of, view_diff_blocks, whole_diff_blocks
from core.domain.diff import diff
from core.text.content import TextKind
from tests.views.examples import BEFORE, LOCAL, a_change
from tests.views.scenes import EMOJI, HOSTILE, LONG, REPLACED, REWRITTEN

REST = "Read on elsewhere."


def runs_of(*blocks):
    return [run for block in blocks for line in block["elements"] for run in line["elements"]]


def words_of(*blocks):
    return "\n".join("".join(run["text"] for run in line["elements"]) for block in blocks for line in block["elements"])


def styled(style, *blocks):
    return "".join(run["text"] for run in runs_of(*blocks) if run.get("style") == {style: True})


def drawn(before, after, **options):
    return diff_block(a_change(before, after), **{"rest": REST, **options})


@pytest.mark.pitfall("U3")
def test_what_went_is_struck_through_and_what_came_is_bold():
    block = drawn("<p>Reviewed every year.</p>", "<p>Reviewed every quarter.</p>")

    assert styled("strike", block) == "year"
    assert styled("bold", block) == "quarter"


@pytest.mark.pitfall("U10")
def test_a_change_reads_aloud():
    block = drawn("<p>Reviewed every year.</p>", "<p>Reviewed every quarter.</p>")

    assert words_of(block) == "Reviewed every removed: year added: quarter."


def test_our_words_are_set_apart_from_a_statement_that_says_the_same():
    block = drawn("<p>Keep: removed: nothing.</p>", "<p>Keep: removed: everything.</p>")

    ours = [run["text"] for run in runs_of(block) if run.get("style") == {"italic": True}]
    assert [text.strip() for text in ours] == ["removed:", "added:"]


def test_formatting_alone_is_said_in_words():
    block = drawn("<p>Keep the log.</p>", "<p>Keep the <b>log</b>.</p>")

    assert words_of(block).startswith("Only the formatting changes; the words stay the same.\n")
    assert "bold" in words_of(block)


def test_words_of_ours_in_a_text_written_from_right_to_left_do_not_turn_it_round():
    block = drawn("<p>مرحبا بكم هنا</p><p>Left to right.</p>", "<p>مرحبا بكم هناك</p><p>Left to wrong.</p>")

    assert words_of(block).split("\n") == [
        "\u2067مرحبا بكم removed: هنا added: هناك\u2069",
        "Left to removed: right added: wrong.",
    ]


def test_no_change_is_said_in_words():
    assert words_of(drawn(BEFORE, BEFORE)) == "No change."


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("one\ntwo", "one two", "removed: [line break] added: [1 space]"),
        ("one  two", "one two", "removed: [2 spaces] added: [1 space]"),
        ("one", "one\u200b", "added: [characters that are not visible]"),
    ],
)
def test_changes_that_cannot_be_seen_get_a_name(before, after, said):
    assert said in words_of(diff_block(diff(before, after, TextKind.PLAIN), rest=REST))


def test_a_moved_paragraph_is_called_moved():
    first, second = "<p>Backups are tested each month.</p>", "<p>Keys are kept by two people.</p>"

    text = words_of(drawn(first + second + "<p>End.</p>", second + first + "<p>End.</p>"))

    assert "moved away from here: " in text
    assert "moved to here: " in text


def test_statement_text_is_literal_and_calls_nobody():
    block = drawn("<p>Old.</p>", HOSTILE)

    assert {run["type"] for run in runs_of(block)} == {"text"}
    assert "<!channel>" in words_of(block)
    assert "@here" not in words_of(block)


@pytest.mark.pitfall("P19")
def test_emoji_stay_whole():
    assert "👩🏽‍🚒" in words_of(drawn(EMOJI, EMOJI.replace("week", "day")))


@pytest.mark.pitfall("U3")
def test_a_long_difference_says_what_is_not_shown_and_where_it_is():
    block = drawn(LONG, REWRITTEN)
    text = words_of(block)

    assert len(text) < LIMIT + 200
    assert text.endswith(REST)


def test_shown_and_hidden_changes_add_up():
    text = words_of(drawn(LONG, REWRITTEN))

    shown = text.count("added: ")  # every change of this pair of texts adds something
    hidden = int(text.rsplit("… ", 1)[1].split(" more changes")[0])
    assert shown + hidden == 500


@pytest.mark.pitfall("P19")
def test_one_change_longer_than_the_limit_says_how_many_words_are_missing():
    block = drawn("<p>Short.</p>", f"<p>{'word ' * 2_000}</p>", limit=600)

    text = words_of(block)
    shown = text.split("… ")[0].count("word")
    assert f"… {2_000 - shown:,} words more of this change. {REST}" in text


def test_the_whole_difference_is_in_blocks_of_readable_size_and_complete():
    change = a_change(LONG, REPLACED)

    blocks = whole_diff_blocks(change)

    assert max(len(words_of(block)) for block in blocks) <= LIMIT + 200
    assert REST not in words_of(*blocks)
    assert joined(styled("strike", *blocks)) == joined(change.old_text)
    assert joined(styled("bold", *blocks)) == joined(change.new_text)


def test_a_rewrite_of_32000_characters_fits_into_one_view():
    change = a_change(f"<p>{'before ' * 4_600}</p>", f"<p>{'after ' * 5_300}</p>")

    blocks = view_diff_blocks(change, rest=REST)

    assert REST not in words_of(*blocks)
    assert len(blocks) < 90


def test_what_slack_would_refuse_is_left_out_aloud():
    change = a_change("<p>x</p>", f"<p>{'字' * 60_000}</p>")

    assert words_of(*view_diff_blocks(change, rest=REST)).endswith(REST)


def test_the_size_is_the_size_drawn():
    change = a_change(BEFORE, LOCAL)

    assert abs(size_of(change) - len(words_of(diff_block(change, rest=REST)))) <= 12


PLAIN = st.text(alphabet="ab .\n&<@é字👩\u200d\u202e", max_size=60)


@given(PLAIN, PLAIN)
@settings(max_examples=150)
def test_no_changed_word_is_lost_in_any_difference(before, after):
    change = diff(before, after, TextKind.PLAIN)

    blocks = whole_diff_blocks(change)

    for kind, style in (("removed", "strike"), ("added", "bold")):
        went = "".join(run.text for block in change.blocks for run in block.runs if run.kind == kind)
        assert letters(went) == letters(styled(style, *blocks))


def joined(text):
    return "".join(text.split())


def letters(text):
    """The letters of the text, without names we gave to what cannot be seen."""
    named = re.sub(r"\[(line break|\d+ spaces?|characters that are not visible)\]", "", text)
    return [sign for sign in named if sign.isalnum()]
