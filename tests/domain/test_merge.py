from collections import Counter

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from core.domain.merge import Clashes, Merged, three_way_merge
from core.text.content import clean, fingerprint, leaf_blocks, lost_content, readable
from tests.text.oracle import faults
from tests.text.strategies import HTML, PLAIN, documents, plain_texts, prove, texts

_PIECES = [
    "<p>Paragraph {}.</p>",
    "<ul><li>Item {}.</li></ul>",
    "<ol><li>Step {}.<ul><li>Inner {}.</li></ul></li><li>After {}.</li></ol>",
    "<h2>Heading {}</h2>",
    "<table><tr><td>Cell {}</td><td>b</td></tr><tr><td>Row {}</td><td>c</td></tr></table>",
    '<p style="color: red;">Red {}.</p>',
    "<blockquote><p>Quote {}.</p></blockquote>",
]


@st.composite
def baselines(draw, least=3):
    """Texts of blocks that are all different, as lists of their top-level pieces."""
    # Each kind of list at most once: two that come to stand side by side change what starts a list.
    special = draw(st.lists(st.sampled_from(_PIECES[1:]), unique=True, max_size=5))
    plain = draw(st.integers(max(0, least - len(special)), 4))
    shapes = draw(st.permutations([*special, *_PIECES[:1] * plain]))
    if draw(st.booleans()):
        shapes[draw(st.integers(0, len(shapes) - 1))] = "bare text {}"  # two of these would be one paragraph
    return [shape.replace("{}", f"number {index}") for index, shape in enumerate(shapes)]


EDITS = ["change", "delete", "before", "after", "colour", "bold"]


def _edited(pieces, at, edit, who):
    """The text with one piece edited by somebody whose name shows in every edit."""
    piece = pieces[at]
    new = {
        "change": piece.replace("number", f"{who} number"),
        "delete": "",
        "before": f"<p>New from {who}.</p>{piece}",
        "after": f"{piece}<p>New from {who}.</p>",
        "colour": f'<div style="background-color: {"lime" if who == "local" else "aqua"};">{piece}</div>',
        "bold": piece.replace("number", "<b>number</b>"),
    }[edit]
    return "".join([*pieces[:at], new, *pieces[at + 1 :]])


def _looks(text, kind=HTML):
    return Counter((block.key, block.style) for block in leaf_blocks(text, kind))


@prove
@given(texts, texts)
def test_a_side_that_did_nothing_gives_way(baseline, edited):
    assume(not lost_content(baseline, HTML) and not lost_content(edited, HTML))

    assert three_way_merge(baseline, baseline, edited, HTML).text == clean(edited, HTML)
    kept = three_way_merge(baseline, edited, baseline, HTML).text
    assert fingerprint(kept, HTML) == fingerprint(edited, HTML)
    if fingerprint(baseline, HTML) != fingerprint(edited, HTML):
        assert kept == clean(edited, HTML)


@prove
@given(texts, texts)
def test_the_same_edit_twice_is_that_edit(baseline, edited):
    assume(not lost_content(edited, HTML))

    assert three_way_merge(baseline, edited, edited, HTML).text == clean(edited, HTML)


@prove
@given(documents, documents, documents)
def test_both_sides_are_treated_alike(baseline, local, remote):
    one, other = three_way_merge(baseline, local, remote, HTML), three_way_merge(baseline, remote, local, HTML)

    assert type(one) is type(other)
    if isinstance(one, Merged) and isinstance(other, Merged):
        assert fingerprint(one.text, HTML) == fingerprint(other.text, HTML)


@prove
@given(texts, texts, texts)
def test_a_merge_of_anything_is_sanitised_and_loses_no_block_of_either_side(baseline, local, remote):
    result = three_way_merge(baseline, local, remote, HTML)

    if isinstance(result, Merged):
        assert faults(result.text) == []
        assert clean(result.text, HTML) == result.text
        base, ours, theirs, merged = (_looks(text) for text in (baseline, local, remote, result.text))
        for look in ours | theirs:
            added = max(ours[look] - base[look], theirs[look] - base[look])
            assert merged[look] >= added


@prove
@given(st.data())
def test_edits_far_apart_are_both_there_and_nothing_else_changes(data):
    pieces = data.draw(baselines(least=4))
    here = data.draw(st.integers(0, len(pieces) - 3))
    there = data.draw(st.integers(here + 2, len(pieces) - 1))
    first, second = data.draw(st.sampled_from(EDITS)), data.draw(st.sampled_from(EDITS))
    baseline, local, remote = (
        "".join(pieces),
        _edited(pieces, here, first, "local"),
        _edited(pieces, there, second, "remote"),
    )

    result = three_way_merge(baseline, local, remote, HTML)

    assert isinstance(result, Merged)
    base, ours, theirs = _looks(baseline), _looks(local), _looks(remote)
    expected = Counter(ours)
    expected.update(theirs)
    expected.subtract(base)
    assert _looks(result.text) == +expected
    assert ("local" in result.text) == ("local" in local)
    assert ("remote" in result.text) == ("remote" in remote)


@prove
@given(st.data())
def test_different_edits_of_one_block_are_always_a_conflict(data):
    pieces = data.draw(baselines())
    at = data.draw(st.integers(0, len(pieces) - 1))
    first = data.draw(st.sampled_from(["change", "delete", "colour", "bold"]))
    second = data.draw(st.sampled_from(["change", "delete", "colour", "bold"]))
    assume(first != second or first in {"change", "colour"})
    local, remote = _edited(pieces, at, first, "local"), _edited(pieces, at, second, "remote")

    assert isinstance(three_way_merge("".join(pieces), local, remote, HTML), Clashes)


@prove
@given(st.data())
def test_insertions_at_one_place_and_neighbouring_edits_are_a_conflict(data):
    pieces = data.draw(baselines())
    at = data.draw(st.integers(0, len(pieces) - 2))
    first = data.draw(st.sampled_from(["change", "delete", "after"]))
    second = data.draw(st.sampled_from(["change", "before"]))
    single = [piece if piece.startswith("<p") else f"<p>Paragraph number {at}.</p>" for at, piece in enumerate(pieces)]
    local, remote = _edited(single, at, first, "local"), _edited(single, at + 1, second, "remote")

    assert isinstance(three_way_merge("".join(single), local, remote, HTML), Clashes)


@prove
@given(st.data())
def test_a_block_that_moved_and_was_edited_is_a_conflict(data):
    pieces = [f"<p>Paragraph number {at}.</p>" for at in range(data.draw(st.integers(3, 7)))]
    source, target = data.draw(st.permutations(range(len(pieces))))[:2]
    moved = [piece for at, piece in enumerate(pieces) if at != source]
    moved.insert(target, pieces[source])
    remote = _edited(pieces, source, "change", "remote")

    result = three_way_merge("".join(pieces), "".join(moved), remote, HTML)

    # A neighbour that made room may be what counts as moved; then the edit is there, in the new place.
    if isinstance(result, Merged):
        assert "remote number" in result.text
        assert readable(result.text, HTML).count(f"number {source}.") == 1
        assert len(leaf_blocks(result.text, HTML)) == len(pieces)


@prove
@given(plain_texts, plain_texts, plain_texts)
def test_plain_texts_merge_by_paragraph_under_the_same_laws(baseline, local, remote):
    assert three_way_merge(baseline, baseline, remote, PLAIN).text == remote
    assert fingerprint(three_way_merge(baseline, local, local, PLAIN).text, PLAIN) == fingerprint(local, PLAIN)
    result = three_way_merge(baseline, local, remote, PLAIN)
    if isinstance(result, Merged):
        base, ours, theirs, merged = (_looks(text, PLAIN) for text in (baseline, local, remote, result.text))
        for look in ours | theirs:
            assert merged[look] >= max(ours[look] - base[look], theirs[look] - base[look])


def test_blocks_nobody_edited_keep_the_bytes_of_service_now():
    baseline = "<p>one</p><p>two</p><p>three</p><p>four</p>"
    remote = '<div class="x">one</div>\n<p><b>two</b></p>\n<div>three</div><p>four, changed</p>'
    local = "<p>one, changed</p>\n<p><strong></strong>two</p><p>three</p><p>four</p>"
    remote = remote.replace("<b>two</b>", "<span>two</span>")

    result = three_way_merge(baseline, local, remote, HTML)

    assert isinstance(result, Merged)
    assert result.text == "<p>one, changed</p>\n<p><span>two</span></p>\n<div>three</div>\n<p>four, changed</p>"
    assert (result.local_changes, result.remote_changes) == (1, 1)


def test_colours_of_blocks_nobody_edited_stay():
    baseline = '<p>one</p><p style="color: red; text-align: center;">two</p><p>three</p>'

    result = three_way_merge(baseline, baseline.replace("one", "ONE"), baseline.replace("three", "THREE"), HTML)

    assert isinstance(result, Merged)
    assert '<p style="color: red; text-align: center;">two</p>' in result.text


def test_a_colour_changed_over_there_counts_like_any_edit():
    baseline = "<p>one two</p>"

    result = three_way_merge(baseline, "<p>one two three</p>", '<p style="color: red">one two</p>', HTML)

    assert isinstance(result, Clashes)


def test_items_added_to_one_list_by_both_far_apart_stay_one_list():
    baseline = "<ul><li>a</li><li>b</li><li>c</li><li>d</li></ul>"
    local = baseline.replace("<ul>", "<ul><li>first</li>")
    remote = baseline.replace("</ul>", "<li>last</li></ul>")

    result = three_way_merge(baseline, local, remote, HTML)

    assert isinstance(result, Merged)
    assert readable(result.text, HTML) == "• first\n• a\n• b\n• c\n• d\n• last"
    assert result.text.count("<ul>") == 1


def test_table_rows_are_merged_as_wholes():
    rows = [f"<tr><td>Role {at}</td><td>Duty {at}</td></tr>" for at in range(4)]
    baseline = f"<table>{''.join(rows)}</table>"

    result = three_way_merge(baseline, baseline.replace("Duty 0", "None"), baseline.replace("Duty 3", "All"), HTML)
    assert isinstance(result, Merged)
    assert readable(result.text, HTML) == "Role 0 | None\nRole 1 | Duty 1\nRole 2 | Duty 2\nRole 3 | All"

    clash = three_way_merge(baseline, baseline.replace("Duty 0", "None"), baseline.replace("Role 0", "Chief"), HTML)
    assert isinstance(clash, Clashes)


def test_a_clash_shows_the_blocks_of_all_three_and_keeps_the_rest():
    baseline = "<p>one</p><p>two</p><p>three</p><p>four</p><p>five</p>"
    local = baseline.replace("two", "two by local").replace("five", "five by local")
    remote = baseline.replace("two", "two by remote")

    result = three_way_merge(baseline, local, remote, HTML)

    assert isinstance(result, Clashes)
    (clash,) = result.clashes
    assert clash.position == 1
    assert [block.text for block in clash.baseline_blocks] == ["two"]
    assert [block.text for block in clash.local_blocks] == ["two by local"]
    assert [block.text for block in clash.remote_blocks] == ["two by remote"]
    rest = [part.text for part in result.parts if part is not clash]
    assert rest == ["one", "three", "four", "five by local"]


def test_changes_of_a_paragraph_that_occurs_twice_are_left_to_a_person():
    twice = "<p>The same sentence stands here twice.</p>"
    baseline = f"<p>one</p>{twice}<p>two</p><p>three</p>{twice}<p>four</p>"
    local = f"<p>one</p><p>two</p><p>three</p>{twice}<p>four</p>"
    remote = f"<p>one</p>{twice}<p>two</p><p>three</p><p>The same sentence, edited.</p><p>four</p>"

    assert isinstance(three_way_merge(baseline, local, remote, HTML), Clashes)


@pytest.mark.parametrize("side", ["local", "remote"])
def test_a_text_with_an_image_is_never_merged_and_the_reason_is_given(side):
    baseline = "<p>one</p><p>two</p><p>three</p>"
    local, remote = baseline.replace("one", "ONE"), baseline.replace("three", "THREE")
    if side == "local":
        local = local.replace("two", 'two<img src="/a.png">')
    else:
        remote = remote.replace("two", 'two<img src="/a.png">')

    result = three_way_merge(baseline, local, remote, HTML)

    assert isinstance(result, Clashes)
    assert result.reason == "The text holds content that cannot be merged here: image."


def test_plain_paragraphs_keep_their_line_ends():
    baseline = "one\r\n\r\ntwo\r\nlines\r\n\r\nthree"

    result = three_way_merge(baseline, baseline.replace("one", "ONE"), baseline.replace("three", "THREE"), PLAIN)

    assert isinstance(result, Merged)
    assert result.text == "ONE\r\n\r\ntwo\r\nlines\r\n\r\nTHREE"


def test_plain_paragraphs_of_one_line_each_keep_their_line_ends_too():
    baseline = "one\r\n\r\ntwo\r\n\r\nthree"

    result = three_way_merge(baseline, baseline.replace("one", "ONE"), baseline.replace("three", "THREE"), PLAIN)

    assert isinstance(result, Merged)
    assert result.text == "ONE\r\n\r\ntwo\r\n\r\nTHREE"
