import re

from hypothesis import given

from core.text.blocks import html_leaves
from core.text.content import assemble, clean, fingerprint, leaf_blocks, readable, shown_blocks
from core.text.leaves import canonical_html
from tests.text.strategies import HTML, PLAIN, documents, plain_texts, prove, texts


@prove
@given(texts)
def test_blocks_put_together_again_are_equal_to_the_text(text):
    saved = clean(text, HTML)
    assembled = assemble(leaf_blocks(saved, HTML))

    assert canonical_html(html_leaves(assembled)) == canonical_html(html_leaves(saved))
    assert fingerprint(assembled, HTML) == fingerprint(saved, HTML)


@prove
@given(texts)
def test_blocks_put_together_have_the_same_keys(text):
    blocks = leaf_blocks(text, HTML)
    again = leaf_blocks(assemble(blocks), HTML)

    assert [(b.key, b.style, b.text, b.kind) for b in again] == [(b.key, b.style, b.text, b.kind) for b in blocks]


@prove
@given(texts)
def test_canonical_form_of_the_canonical_form_is_itself(text):
    canonical = canonical_html(html_leaves(text))

    assert canonical_html(html_leaves(canonical)) == canonical


@prove
@given(documents)
def test_every_block_keeps_bytes_of_the_saved_text(text):
    text = re.sub("</?b>", "", text)  # inline markup around whole blocks is given to each of them
    saved = clean(text, HTML)

    assert all(block.html in saved for block in leaf_blocks(text, HTML))


@prove
@given(texts)
def test_equal_keys_read_the_same(text):
    by_key: dict[str, str] = {}
    for block in shown_blocks(text, HTML):
        assert by_key.setdefault(block.key, block.text) == block.text


@prove
@given(plain_texts)
def test_paragraphs_put_together_are_equal_to_the_plain_text(text):
    assembled = assemble(leaf_blocks(text, PLAIN))

    assert fingerprint(assembled, PLAIN) == fingerprint(text, PLAIN)
    assert readable(assembled, PLAIN) == readable(text, PLAIN)


def test_a_list_item_with_a_nested_list_and_more_text_is_three_blocks():
    blocks = leaf_blocks("<ul><li>one<ul><li>inner</li></ul>after</li><li>two</li></ul>", HTML)

    assert [(b.kind, b.label, b.text) for b in blocks] == [
        ("li", "• ", "one"),
        ("li", "  • ", "inner"),
        ("p", "  ", "after"),
        ("li", "• ", "two"),
    ]


def test_a_table_row_is_one_block():
    blocks = leaf_blocks("<table><tr><td>a</td><td><ul><li>b</li><li>c</li></ul></td></tr></table>", HTML)

    assert [(b.kind, b.text) for b in blocks] == [("tr", "a | • b / • c")]


def test_two_texts_without_paragraphs_do_not_run_together_when_the_block_between_goes():
    first, _, last = leaf_blocks("one<p>two</p>three", HTML)

    assert [block.text for block in leaf_blocks(assemble([first, last]), HTML)] == ["one", "three"]


def test_headings_inside_a_heading_are_its_text():
    text = "<h1><a href='/x'><h1><li>deep</a></h1>"
    saved = clean(text, HTML)

    assert fingerprint(assemble(leaf_blocks(saved, HTML)), HTML) == fingerprint(saved, HTML)


def test_two_lists_side_by_side_stay_two():
    text = "<ol><li>a</li></ol><ol><li>b</li></ol>"

    assert assemble(leaf_blocks(text, HTML)).count("<ol>") == 2
    assert fingerprint(text, HTML) != fingerprint("<ol><li>a</li><li>b</li></ol>", HTML)
