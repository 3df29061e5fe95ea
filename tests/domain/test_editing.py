"""Whatever is shown for editing comes back: byte for byte where nothing was typed, block by block where something was."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from core.domain.editing import Format, as_lines, block_fields, keeping_bytes, read_back, with_fields, written
from core.domain.merge import Clashes, Merged, three_way_merge
from core.domain.merge_writing import (
    END_MARK,
    LOCAL_MARK,
    REMOTE_MARK,
    Pick,
    clash_texts,
    has_marks,
    merge_of,
    picked_merge,
    written_merge,
)
from core.errors import LossyText, Refused
from core.text.content import assemble, clean, fingerprint, leaf_blocks, lost_content
from tests.text.strategies import HTML, PLAIN, documents, plain_texts, prove, texts

SAID = st.sampled_from(
    ["Access is reviewed.", "The owner <b>must</b> agree.", "Every 90 days.", "1. not a list", "*stars*"]
)
PIECES = st.one_of(
    SAID.map(lambda said: f"<p>{said}</p>"),
    st.lists(SAID, min_size=1, max_size=3).map(
        lambda items: f"<ul>{''.join(f'<li>{item}</li>' for item in items)}</ul>"
    ),
    st.lists(SAID, min_size=2, max_size=3).map(
        lambda items: f"<ol>{''.join(f'<li>{item}</li>' for item in items)}</ol>"
    ),
    SAID.map(lambda said: f"<h2>{said}</h2>"),
)
tidy = st.lists(PIECES, min_size=1, max_size=5)
"""Statements that Markdown can say, in pieces."""


def bytes_of(text: str) -> list[str]:
    return [block.html.strip() for block in leaf_blocks(text, HTML)]


def say_the_same(one: str, other: str, kind=HTML) -> bool:
    return fingerprint(one, kind) == fingerprint(other, kind)


@prove
@given(texts, st.sampled_from(["", "\n", "\r\n\r\n"]))
def test_what_is_sent_back_unchanged_is_the_original_byte_for_byte(text, end):
    shown = written(text, HTML)

    assert read_back(text, shown, shown.body.replace("\n", "\r\n") + end, HTML) is text


@prove
@given(plain_texts)
def test_plain_text_sent_back_unchanged_is_the_original_byte_for_byte(text):
    shown = written(text, PLAIN)

    assert read_back(text, shown, shown.body, PLAIN) is text


@prove
@given(tidy.map("\n".join))
def test_markdown_is_offered_only_where_it_says_and_looks_the_same_when_it_comes_back(text):
    shown = written(text, HTML)
    assume(shown.format is Format.MARKDOWN)

    back = read_back(text, shown, f"{shown.body} ", HTML)

    assert say_the_same(back, text)


@prove
@given(tidy.map("\n".join))
def test_a_paragraph_added_in_markdown_leaves_the_bytes_of_all_others(text):
    shown = written(text, HTML)
    assume(shown.format is Format.MARKDOWN)
    assume(not lost_content(text, HTML))

    back = read_back(text, shown, f"{shown.body}\n\nA paragraph of its own.", HTML)

    assert bytes_of(back)[: len(bytes_of(text))] == bytes_of(text)
    assert len(bytes_of(back)) == len(bytes_of(text)) + 1


@prove
@given(documents, documents)
def test_keeping_bytes_never_changes_what_a_text_says(text, original):
    assert say_the_same(keeping_bytes(text, [original], HTML), clean(text, HTML))


@prove
@given(documents)
def test_a_text_equal_to_its_original_gets_the_bytes_of_the_original(text):
    rewritten = clean(text, HTML).replace("<strong>", "<b>").replace("</strong>", "</b>")

    assert bytes_of(keeping_bytes(rewritten, [text], HTML)) == bytes_of(text)


def test_editing_again_and_again_adds_no_white_space():
    text = "<ol><li>Develop:<ol><li>a policy</li><li>a plan</li></ol></li></ol>"
    for number in range(5):
        shown = written(text, HTML)
        text = read_back(text, shown, f"{shown.body}\n\nParagraph {number}.", HTML)
    assert "\n\n" not in text


@prove
@given(documents)
def test_fields_sent_back_unchanged_are_the_original_byte_for_byte(text):
    fields = {field.position: field.text for field in block_fields(text, HTML) if field.may_be_edited}

    assert with_fields(text, HTML, fields) is text


@prove
@given(documents, st.data())
def test_words_typed_into_one_field_leave_the_bytes_of_all_other_blocks(text, data):
    editable = [field for field in block_fields(text, HTML) if field.may_be_edited]
    assume(editable)
    chosen = data.draw(st.sampled_from(editable))

    made = with_fields(text, HTML, {chosen.position: "Quite *new* words."})

    was, now = leaf_blocks(text, HTML), leaf_blocks(made, HTML)
    assert len(now) == len(was)
    assert now[chosen.position].text == "Quite new words."
    others = [number for number in range(len(was)) if number != chosen.position]
    assert [now[n].text for n in others] == [was[n].text for n in others]
    assert [now[n].html.strip() for n in others] == [was[n].html.strip() for n in others]


def test_a_paragraph_of_a_plain_text_is_replaced_or_removed_with_the_line_ends_it_had():
    text = "One\r\ntwo\r\n\r\nThree\r\n\r\nFour"

    assert with_fields(text, PLAIN, {1: "Five"}) == "One\r\ntwo\r\n\r\nFive\r\n\r\nFour"
    assert with_fields(text, PLAIN, {1: ""}) == "One\r\ntwo\r\n\r\nFour"
    assert with_fields(text, PLAIN, {0: "One\ntwo"}) is text


@pytest.mark.parametrize(
    ("fields", "error"),
    [({7: "x"}, Refused), ({0: "a\n\nb"}, Refused), ({0: "![](x.png)"}, LossyText), ({1: "x"}, Refused)],
)
def test_what_does_not_fit_into_a_block_is_refused(fields, error):
    with pytest.raises(error):
        with_fields("<p>One</p><table><tr><td>a</td></tr></table>", HTML, fields)


@st.composite
def clashing(draw):
    """A baseline and two edits of it that change one piece in two ways, and others as it comes."""
    pieces = draw(tidy)
    place = draw(st.integers(0, len(pieces) - 1))
    local, remote = list(pieces), list(pieces)
    local[place] = draw(st.sampled_from(["<p>Mine.</p>", "<ul><li>Mine</li><li>too</li></ul>", ""]))
    remote[place] = draw(st.sampled_from(["<p>Theirs.</p>", "<ol><li>Theirs</li></ol>", "<h2>Theirs</h2>"]))
    if draw(st.booleans()):
        local.append("<p>My end.</p>")
    if draw(st.booleans()):
        remote.insert(0, "<p>Their beginning.</p>")
    return tuple("\n".join(each) for each in (pieces, local, remote))


def _resolved(body: str, keep: str) -> str:
    """The draft as a person settles it who keeps one side everywhere and deletes the other and the marks."""
    chunks, state = [], "settled"
    for chunk in body.split("\n\n"):
        state = {LOCAL_MARK: "local", REMOTE_MARK: "remote", END_MARK: "settled"}.get(chunk, state)
        if chunk not in (LOCAL_MARK, REMOTE_MARK, END_MARK) and state in ("settled", keep):
            chunks.append(chunk)
    return "\n\n".join(chunks)


@prove
@given(clashing())
def test_a_draft_settled_for_one_side_is_exactly_what_picking_that_side_gives(drawn):
    baseline, local, remote = drawn
    merge = three_way_merge(baseline, local, remote, HTML)
    shown = written_merge(merge, HTML)
    assume(isinstance(merge, Clashes) and shown is not None)

    for side in Pick.LOCAL, Pick.REMOTE:
        typed = merge_of(_resolved(shown.body, side.value), shown.format, HTML, [remote, local])
        picked = picked_merge(merge, [side] * len(merge.clashes), HTML)
        assert say_the_same(typed, picked)


@prove
@given(clashing())
def test_a_draft_with_a_clash_never_passes_for_a_finished_text(drawn):
    merge = three_way_merge(*drawn, HTML)
    shown = written_merge(merge, HTML)
    assume(isinstance(merge, Clashes) and shown is not None)

    assert has_marks(shown.body)
    with pytest.raises(Refused):
        merge_of(shown.body, shown.format, HTML, drawn[1:])


@prove
@given(clashing())
def test_picking_both_everywhere_loses_no_block_of_either_side(drawn):
    merge = three_way_merge(*drawn, HTML)
    assume(isinstance(merge, Clashes) and not merge.reason)

    made = [block.text for block in leaf_blocks(picked_merge(merge, [Pick.BOTH] * len(merge.clashes), HTML), HTML)]

    for clash in merge.clashes:
        for block in (*clash.local_blocks, *clash.remote_blocks):
            assert block.text in made


@prove
@given(tidy)
def test_a_clean_merge_is_shown_as_it_is(drawn):
    baseline = "\n".join(["<p>First of all.</p>", *drawn, "<p>Last of all.</p>"])
    sides = [baseline.replace("First", "My first"), baseline.replace("Last", "Their last")]
    merge = three_way_merge(baseline, *sides, HTML)
    assert isinstance(merge, Merged)
    shown = written_merge(merge, HTML)
    assume(shown is not None)

    assert say_the_same(merge_of(shown.body, shown.format, HTML, sides), merge.text)


def test_a_statement_that_has_such_marks_itself_is_not_offered_as_a_draft():
    texts_ = [f"<p>{word} {LOCAL_MARK}</p>" for word in ("base", "mine", "theirs")]

    merge = three_way_merge(*texts_, HTML)

    assert written_merge(merge, HTML) is None
    assert isinstance(merge, Clashes)
    assert [each.local for each in clash_texts(merge, HTML)] == [f"mine {LOCAL_MARK}"]


def test_versions_of_a_clash_with_the_same_words_say_how_they_differ():
    merge = three_way_merge("<p>one</p>", "<p><b>one</b></p>", '<p style="color: red">one</p>', HTML)

    assert isinstance(merge, Clashes)
    (clash,) = clash_texts(merge, HTML)
    assert (clash.local, clash.remote, clash.note) == ("one", "one", "formatting changed (bold, colour)")


def test_the_second_item_of_a_numbered_list_stays_the_second_in_a_draft():
    items = ["one", "two", "three"]
    texts_ = [
        f"<ol>{''.join(f'<li>{item}</li>' for item in [items[0], middle, items[2]])}</ol>" for middle in ("b", "l", "r")
    ]
    merge = three_way_merge(*texts_, HTML)
    shown = written_merge(merge, HTML)
    assert isinstance(merge, Clashes)
    assert shown is not None

    kept = merge_of(_resolved(shown.body, "local"), shown.format, HTML, [])

    assert say_the_same(kept, texts_[1])
    assert "start" not in kept


@prove
@given(plain_texts, plain_texts, plain_texts)
def test_plain_texts_are_drafted_and_settled_too(baseline, local, remote):
    merge = three_way_merge(baseline, local, remote, PLAIN)
    shown = written_merge(merge, PLAIN)
    assume(isinstance(merge, Clashes) and shown is not None)

    typed = merge_of(_resolved(shown.body, "local"), shown.format, PLAIN, [remote, local])

    chosen = [b for part in merge.parts for b in (part.local_blocks if hasattr(part, "local_blocks") else [part])]
    assert say_the_same(typed, assemble(chosen), PLAIN)


def test_a_plain_paragraph_keeps_its_indent_and_the_line_ends_of_its_text():
    text = "one\r\n\r\n   two\r\n   more\r\n\r\nthree"

    assert with_fields(text, PLAIN, {1: "   2\n   more"}) == text.replace("two", "2")
    assert with_fields(text, PLAIN, {1: " \n"}) == "one\r\n\r\nthree"


def test_line_ends_are_one_kind_and_no_empty_lines_at_the_end():
    assert as_lines("a\r\nb\rc\n\n") == "a\nb\nc"


def test_real_statements_are_offered_as_markdown_and_come_back(statements):
    shown = [written(text, HTML) for text in statements]

    assert sum(each.format is Format.MARKDOWN for each in shown) >= 0.98 * len(statements)
    for text, each in zip(statements, shown, strict=True):
        assert read_back(text, each, each.body + "\n", HTML) is text


def test_clashes_of_genuine_edits_can_nearly_always_be_written_in_one_field(edits):
    drafted = clashing = 0
    for old, new in edits:
        theirs = old.replace("organization", "agency", 1) if "organization" in old else old.replace(" ", " now ", 1)
        merge = three_way_merge(old, new, theirs, HTML)
        if isinstance(merge, Clashes):
            clashing += 1
            drafted += written_merge(merge, HTML) is not None

    assert clashing > 100
    assert drafted >= 0.95 * clashing
