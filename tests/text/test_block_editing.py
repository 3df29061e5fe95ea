import pytest
from hypothesis import given

from core.text.block_editing import editable_blocks, with_block
from core.text.content import clean, leaf_blocks, readable
from tests.text.oracle import faults
from tests.text.strategies import HTML, prove, texts


@prove
@given(texts)
def test_a_block_edited_leaves_every_other_block_as_it_was(text):
    before = leaf_blocks(text, HTML)
    for index, block, markdown in editable_blocks(text)[:4]:
        edited = with_block(text, index, f"{markdown} and *more*")
        after = leaf_blocks(edited, HTML)

        assert faults(edited) == []
        assert [(b.key, b.style) for b in after[:index]] == [(b.key, b.style) for b in before[:index]]
        assert [(b.key, b.style) for b in after[index + 1 :]] == [(b.key, b.style) for b in before[index + 1 :]]
        for was, now in zip(before, after, strict=True):
            if was is not before[index] and not was.is_bare:  # bare text may gain a paragraph to stay apart
                assert now.html == was.html
        assert after[index].text == f"{block.text} and more"
        assert after[index].kind == block.kind


@prove
@given(texts)
def test_a_block_sent_back_unchanged_changes_not_one_byte(text):
    saved = clean(text, HTML)

    for index, _, markdown in editable_blocks(saved):
        assert with_block(saved, index, f"{markdown}\n") == saved


RICH = (
    '<p style="color: red;">one <b>two</b></p>\n<ul><li style="text-align: right;">a<ul><li>inner</li></ul></li></ul>\n'
    '<table><tbody><tr><td>cell</td></tr></tbody></table>\n<p>some <span style="color: red;">red</span></p>'
)


def test_only_blocks_whose_words_markdown_can_say_are_offered():
    assert [(index, markdown) for index, _, markdown in editable_blocks(RICH)] == [
        (0, "one **two**"),
        (1, "a"),
        (2, "inner"),
    ]


def test_the_look_of_a_block_stays_when_its_words_change():
    assert with_block(RICH, 0, "new *words*").startswith('<p style="color: red;">new <em>words</em></p>')
    assert '<li style="text-align: right;">new\n<ul>' in with_block(RICH, 1, "new")


def test_no_words_take_the_block_away():
    assert with_block("<p>one</p><p>two</p>", 0, "  \n") == "<p>two</p>"


@pytest.mark.parametrize(
    ("text", "index", "rest"),
    [
        ("<ol><li>a</li></ol><p>between</p><ol><li>b</li></ol>", 1, "1. a\n1. b"),
        ("<ol><li>a</li></ol><ol><li>b</li><li>c</li></ol>", 1, "1. a\n1. c"),
        ("<ol><li>a</li><li>b</li><li>c</li></ol>", 1, "1. a\n2. c"),
    ],
)
def test_a_block_that_goes_does_not_make_two_lists_count_on_as_one(text, index, rest):
    assert readable(with_block(text, index, ""), HTML) == rest


def test_tables_stay_apart_when_the_text_between_them_goes():
    table = "<table><tbody><tr><td>{}</td></tr></tbody></table>"
    text = f"{table.format('one')}<p>between</p>{table.format('two')}"

    assert with_block(text, 1, "").count("<table>") == 2


@pytest.mark.parametrize(
    ("index", "markdown", "why"),
    [
        (0, "two\n\nparagraphs", "one paragraph"),
        (0, "# heading", "one paragraph"),
        (3, "cell", "cannot be edited"),
        (1, "", "holds other blocks"),
    ],
)
def test_an_edit_that_would_do_more_than_reword_one_block_is_refused(index, markdown, why):
    with pytest.raises(ValueError, match=why):
        with_block(RICH, index, markdown)


def test_markup_typed_into_a_block_stays_text():
    assert with_block("<p>one</p>", 0, "<b onclick=x>") == "<p>&lt;b onclick=x&gt;</p>"
