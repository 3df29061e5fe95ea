import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain.diff import diff, fold, unified
from core.text.content import fingerprint, readable
from tests.text.cosmetic import COSMETIC
from tests.text.samples import STATEMENTS
from tests.text.strategies import HTML, PLAIN, blocks, plain_texts, prove, texts


def _edited(texts_):
    """Two texts that have much in common, as versions of one statement do."""
    pieces = st.lists(texts_, min_size=1, max_size=4)
    return st.tuples(pieces, st.randoms(use_true_random=False)).map(_shuffled)


def _shuffled(drawn):
    pieces, chance = drawn
    other = [piece for piece in pieces if chance.random() > 0.2]
    if other and chance.random() < 0.4:
        other.insert(chance.randrange(len(other)), other.pop(chance.randrange(len(other))))
    other = [piece.replace("the", "each") if chance.random() < 0.4 else piece for piece in other]
    return "\n".join(pieces), "\n".join(other)


def _check(old, new, kind):
    found = diff(old, new, kind)

    assert found.old_text == readable(old, kind)
    assert found.new_text == readable(new, kind)
    assert found.is_empty == (fingerprint(old, kind) == fingerprint(new, kind))
    assert found.formatting_only <= (not found.added_words and not found.removed_words)


@prove
@given(texts, texts)
def test_a_diff_of_any_two_texts_rebuilds_both_and_is_empty_only_for_equal_ones(old, new):
    _check(old, new, HTML)


@prove
@given(_edited(blocks))
def test_a_diff_of_two_versions_rebuilds_both_and_is_empty_only_for_equal_ones(versions):
    _check(*versions, HTML)


@prove
@given(_edited(plain_texts))
def test_a_diff_of_plain_texts_rebuilds_both_and_is_empty_only_for_equal_ones(versions):
    _check(*versions, PLAIN)


@prove
@given(_edited(blocks))
def test_the_diff_the_other_way_round_swaps_both_sides(versions):
    there, back = diff(*versions, HTML), diff(*reversed(versions), HTML)

    assert (back.old_text, back.new_text) == (there.new_text, there.old_text)
    assert back.formatting_only == there.formatting_only


@prove
@given(_edited(blocks))
def test_folding_hides_nothing_that_went_or_came(versions):
    full = diff(*versions, HTML)
    folded = fold(full)

    for kind in ("removed", "added"):
        changed = [run.text for block in full.blocks for run in block.runs if run.kind == kind]
        assert [run.text for block in folded.blocks for run in block.runs if run.kind == kind] == changed
    assert [block.note for block in folded.blocks if block.note] == [block.note for block in full.blocks if block.note]
    assert folded.size_in_words == full.size_in_words


@prove
@given(_edited(blocks))
def test_the_file_form_holds_every_line_of_both_texts(versions):
    lines = unified(diff(*versions, HTML)).splitlines()

    old = [line[2:] for line in lines if line.startswith(("  ", "- ")) or line in {"-", ""}]
    new = [line[2:] for line in lines if line.startswith(("  ", "+ ")) or line in {"+", ""}]
    for text, side in ((versions[0], old), (versions[1], new)):
        words = " ".join(side).split()
        wanted = readable(text, HTML).split()
        assert [word for word in words if not _is_label(word)] == [word for word in wanted if not _is_label(word)]


def _is_label(word):
    return (word.rstrip(".").isalnum() and word.endswith(".")) or word == "•"


def _runs(old, new, kind=HTML):
    return [[(run.kind, run.text) for run in block.runs] for block in diff(old, new, kind).blocks]


def test_one_word_changed_is_shown_as_that_word():
    old, new = "<p>Logs are kept for 30 days at most.</p>", "<p>Logs are kept for 90 days at most.</p>"

    assert _runs(old, new) == [
        [("same", "Logs are kept for "), ("removed", "30"), ("added", "90"), ("same", " days at most.")]
    ]
    assert diff(old, new, HTML).size_in_words == "+1 / -1 words"


def test_unchanged_words_far_from_a_change_are_counted_and_not_shown():
    words = " ".join(f"word{number}" for number in range(60))
    folded = fold(diff(f"<p>{words} old end.</p><p>x</p><p>y</p>", f"<p>{words} new end.</p><p>x</p><p>y</p>", HTML))

    assert [(run.kind, run.text) for run in folded.blocks[0].runs] == [
        ("folded", "… 52 words the same … "),
        ("same", "word52 word53 word54 word55 word56 word57 word58 word59 "),
        ("removed", "old"),
        ("added", "new"),
        ("same", " end."),
    ]
    assert [block.runs[0].text for block in folded.blocks[1:]] == ["x", "… 1 unchanged paragraph …"]


def test_few_equal_words_between_changes_are_joined_to_them():
    old, new = "<p>Alpha beta of gamma delta at the very end.</p>", "<p>One two of three four at the very end.</p>"

    assert _runs(old, new) == [
        [("removed", "Alpha beta of gamma delta"), ("added", "One two of three four"), ("same", " at the very end.")]
    ]


def test_a_paragraph_that_moved_is_called_moved_and_counts_no_words():
    first, second, third = "<p>The first paragraph of five.</p>", "<p>Second.</p>", "<p>Third.</p>"
    found = diff(first + second + third, second + third + first, HTML)

    assert [(block.kind, block.note) for block in found.blocks] == [
        ("moved", "moved away from here"),
        ("same", ""),
        ("same", ""),
        ("moved", "moved to here"),
    ]
    assert found.size_in_words == "1 paragraph moved"


def test_a_table_row_added_is_one_added_block():
    old = "<table><tr><td>Role</td><td>Duty</td></tr><tr><td>Owner</td><td>Review</td></tr></table>"
    new = old.replace("</table>", "<tr><td>Auditor</td><td>Read</td></tr></table>")

    assert [block.kind for block in diff(old, new, HTML).blocks] == ["same", "same", "added"]
    assert _runs(old, new)[-1] == [("added", "Auditor | Read")]


@pytest.mark.parametrize(
    ("old", "new", "notes"),
    [
        ("<p>a b</p>", "<p>a <b>b</b></p>", ("formatting changed (bold)",)),
        ("<p>a b</p>", '<p>a <span style="color: red">b</span></p>', ("formatting changed (colour)",)),
        ("<p>a</p>", '<p style="text-align: right">a</p>', ("formatting changed (alignment)",)),
        ("<p>a</p>", "<h2>a</h2>", ("paragraph became heading 2",)),
        ("<ul><li>a</li></ul>", "<ol><li>a</li></ol>", ("bulleted list became numbered list",)),
        ("<ol><li>a</li></ol>", '<ol start="4"><li>a</li></ol>', ("numbering of the list changed",)),
        (
            '<p><a href="https://a.example/x" title="t">l</a></p>',
            '<p><a href="https://a.example/x" title="u">l</a></p>',
            ("formatting changed (link title)",),
        ),
        (
            '<table><tr><td style="background-color: red"></td><td>a</td></tr></table>',
            '<table><tr><td style="background-color: green"></td><td>a</td></tr></table>',
            ("formatting changed",),
        ),
        (
            "<table><tr><td>a</td></tr></table>",
            "<table><tr><th>a</th></tr></table>",
            ("cells of the table row changed",),
        ),
        ("<p>a</p>", "<blockquote><p>a</p></blockquote>", ("quotation begun or ended",)),
        ("<p>a b</p>", "<p>a<br>b</p>", ()),
    ],
)
def test_a_change_of_form_is_said_in_words(old, new, notes):
    found = diff(old, new, HTML)

    assert found.notes == notes
    assert not found.is_empty
    assert found.formatting_only == bool(notes)


def test_formatting_only_says_so_as_its_size():
    assert diff("<p>a b</p>", "<p>a <b>b</b></p>", HTML).size_in_words == "formatting only"


def test_a_link_that_leads_elsewhere_is_shown_and_said():
    old = '<p>See <a href="https://a.example/1">policy</a>.</p>'
    found = diff(old, old.replace("a.example/1", "a.example/2"), HTML)

    assert found.notes == ("link target changed: https://a.example/1 → https://a.example/2",)
    assert found.added_words == 1


def test_numbers_that_change_because_two_lists_became_one_are_said():
    lists = "<ol><li>First of all.</li><li>Second.</li></ol>{}<ol><li>Another one.</li></ol>"
    old = lists.format("<p>Between the lists.</p>")
    one = old.replace("</ol><p>Between the lists.</p><ol>", "")

    joined = diff(old, one, HTML)

    assert joined.notes == ("numbering goes on from the list before",)
    assert [block.label for block in joined.blocks if block.note] == ["3. "]
    assert diff(one, old, HTML).notes == ("numbering begins anew here",)


def test_an_image_that_goes_is_shown_and_is_no_matter_of_formatting():
    found = diff('<p>Plan: <img src="/a.png" alt="network"></p>', "<p>Plan:</p>", HTML)

    assert [(run.kind, run.text) for run in found.blocks[0].runs if run.kind == "removed"] == [
        ("removed", " [image: network]")
    ]
    assert found.notes == ("content that cannot be carried from here changed: image",)
    assert not found.formatting_only


def test_an_image_replaced_by_another_is_said():
    found = diff('<p>a <img src="/a.png"></p>', '<p>a <img src="/b.png"></p>', HTML)

    assert "another image" in found.notes
    assert not found.is_empty
    assert not found.formatting_only


def test_look_that_a_push_would_drop_is_said_with_the_change():
    framed = '<table border="1" style="width: 100%"><tbody><tr><td>one</td></tr></tbody></table>'

    assert diff(framed, "<table><tbody><tr><td>two</td></tr></tbody></table>", HTML).notes == (
        "look that grcpush cannot carry goes too: borders, sizes",
    )
    assert diff(framed, framed.replace("one", "two"), HTML).notes == ()
    assert diff(framed, "<table><tbody><tr><td>one</td></tr></tbody></table>", HTML).is_empty


def test_characters_nobody_sees_are_said():
    found = diff("<p>pay now</p>", "<p>pay \u202enow</p>", HTML)

    assert "characters changed that are not visible" in found.notes


@pytest.mark.parametrize(("old", "new"), [("", "<p>New text here.</p>"), ("<p>Old text here.</p>", "")])
def test_empty_to_text_and_back_is_all_added_or_all_removed_and_said(old, new):
    found = diff(old, new, HTML)

    assert found.notes == (("there was no text before",) if new else ("nothing is left of the text",))
    assert [block.kind for block in found.blocks] == ["added" if new else "removed"]
    assert found.size_in_words == ("+3 / -0 words" if new else "+0 / -3 words")


def test_right_to_left_text_is_compared_by_words():
    assert _runs("<p>مرحبا بكم هنا اليوم</p>", "<p>مرحبا بكم هناك اليوم</p>") == [
        [("same", "مرحبا بكم "), ("removed", "هنا"), ("added", "هناك"), ("same", " اليوم")]
    ]


def test_text_without_spaces_is_compared_by_characters():
    assert _runs("<p>監査記録を毎月確認する</p>", "<p>監査記録を毎週確認する</p>") == [
        [("same", "監査記録を毎"), ("removed", "月"), ("added", "週"), ("same", "確認する")]
    ]


@pytest.mark.parametrize("name", STATEMENTS)
def test_ways_to_write_a_statement_make_no_difference(name):
    for change in COSMETIC.values():
        changed = change(STATEMENTS[name], random.Random(1))
        if changed is not None:
            assert diff(STATEMENTS[name], changed, HTML).size_in_words == "no change"
