"""What counts as equal: blind to how a statement is written, never to what it says, how it looks or what it holds."""

import random

import pytest
from hypothesis import given

from core.text.content import Fingerprint, fingerprint, fingerprint_in, lost_content
from tests.text.cosmetic import COSMETIC
from tests.text.samples import STATEMENTS
from tests.text.semantic import NOT_CARRIED, SEMANTIC, STYLE_ONLY
from tests.text.strategies import HTML, PLAIN, plain_texts, prove

TIMES = 5


def _changed(change):
    """Every sample that the change can be made to, with it made at a few places."""
    for name, text in STATEMENTS.items():
        for seed in range(TIMES):
            changed = change(text, random.Random(f"{name}{seed}"))
            if changed is not None and changed != text:
                yield text, changed


def test_there_are_enough_changes_to_prove_something():
    assert len(COSMETIC) >= 18
    assert len(SEMANTIC) >= 16


@pytest.mark.parametrize("name", COSMETIC)
def test_cosmetic_change_counts_as_equal(name):
    cases = list(_changed(COSMETIC[name]))

    assert cases
    for text, changed in cases:
        assert fingerprint(changed, HTML) == fingerprint(text, HTML), changed


@pytest.mark.parametrize("name", SEMANTIC)
def test_semantic_change_changes_the_content(name):
    cases = list(_changed(SEMANTIC[name]))

    assert cases
    for text, changed in cases:
        assert fingerprint(changed, HTML).content != fingerprint(text, HTML).content, changed


@pytest.mark.parametrize("name", STYLE_ONLY)
def test_change_of_look_changes_the_style_alone(name):
    cases = list(_changed(STYLE_ONLY[name]))

    assert cases
    for text, changed in cases:
        before, after = fingerprint(text, HTML), fingerprint(changed, HTML)
        assert after.style != before.style, changed
        assert (after.content, after.inventory) == (before.content, before.inventory)


@pytest.mark.parametrize("name", NOT_CARRIED)
def test_content_that_cannot_be_carried_is_named_and_never_equal(name):
    noun, change = NOT_CARRIED[name]
    cases = list(_changed(change))

    assert cases
    for text, changed in cases:
        assert noun in lost_content(changed, HTML), changed
        assert lost_content(text, HTML) == ()
        assert fingerprint(changed, HTML).inventory != fingerprint(text, HTML).inventory


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ('<p>a<img src="/1.png"></p>', '<p>a<img src="/2.png"></p>'),
        ('<p>a<img src="data:image/png;base64,AA"></p>', '<p>a<img src="data:image/png;base64,BB"></p>'),
        ('<p>a<img src="/1.png"></p><p>b</p>', '<p>a</p><p>b<img src="/1.png"></p>'),
        ("<p>a<svg><path d='M0 0'/></svg></p>", "<p>a<svg><path d='M1 1'/></svg></p>"),
        ('<p>a<img src="/1.png" alt="old plan"></p>', '<p>a<img src="/1.png" alt="new plan"></p>'),
        ('<p><a href="tel:1">a</a></p>', '<p><a href="tel:2">a</a></p>'),
        ("<p>a<select><option>yes</select></p>", "<p>a<select><option>no</select></p>"),
    ],
)
def test_content_that_cannot_be_carried_is_told_apart(one, other):
    assert fingerprint(one, HTML).inventory != fingerprint(other, HTML).inventory


@pytest.mark.parametrize(
    "text",
    [
        '<p class="MsoNormal" id="x" data-mce-style="y" lang="en">a</p>',
        '<a name="anchor">a</a>',
        "<style>p { color: red }</style><p>a</p>",
        "<script>x()</script><p>a</p>",
        '<p><input type="hidden" value="x">a</p>',
        '<p><span style="display:none"></span>a</p>',
        '<a href="https://a.example">a</a><a href="#b">b</a><a href="mailto:a@b.example">c</a>',
        "<p>&lt;img src=x&gt; and href= in words, style=x</p>",
        "<!-- <img src=x> --><p>a</p>",
        "<dialog open>a</dialog>",
        "<!-- <svg><path></svg> <select><option>x</select> --><p style='color: red'>a</p>",
        '<p style="opacity: 0.9">a</p>',
    ],
)
def test_what_no_reader_sees_is_not_called_lost(text):
    assert lost_content(text, HTML) == ()


@pytest.mark.parametrize(
    "text",
    [
        "<p hidden>secret</p>",
        "<b hidden>secret</b>",
        '<ul style="display: none"><li>secret</li></ul>',
        '<em style="VISIBILITY:Hidden">secret</em>',
        '<section style="display:none !important"><p>secret</p></section>',
        "<dialog>secret</dialog>",
        '<p style="opacity: 0">secret</p>',
        "<kbd hidden>secret</kbd>",
    ],
)
def test_words_that_saving_would_bring_to_light_are_named(text):
    assert lost_content(text, HTML) == ("hidden text",)


def test_text_whose_order_is_forced_is_named():
    assert lost_content('<p>a <bdo dir="rtl">b</bdo></p>', HTML) == ("text shown in another order",)


def test_losses_are_named_once_in_reading_order():
    text = '<p><img src=a><iframe src=b></iframe><img src=c><a href="/sys_attachment.do?x">f</a></p>'

    assert lost_content(text, HTML) == ("image", "embedded frame", "attachment link")


def test_layout_nested_beyond_reading_is_named_not_dropped():
    text = "<ul><li>" * 200 + "x"

    assert lost_content(text, HTML) == ("layout nested too deeply",)


def test_colour_of_an_empty_cell_counts():
    red, green = (
        f'<table><tr><td style="background-color: {it}"></td><td>x</td></tr></table>' for it in ("red", "green")
    )

    assert fingerprint(red, HTML).style != fingerprint(green, HTML).style


def test_token_gives_the_fingerprint_back():
    seen = fingerprint("<p>a</p>", HTML)

    assert seen.token.startswith("c1:")
    assert Fingerprint.parse(seen.token) == seen


@pytest.mark.parametrize("token", ["", "c0:a.b.c", "c1:abc", "c2:" + ".".join(["0" * 64] * 3)])
def test_token_of_other_rules_is_refused(token):
    with pytest.raises(ValueError, match="rule version"):
        Fingerprint.parse(token)


@pytest.mark.parametrize("token", [None, "", "c0:" + ".".join(["0" * 64] * 3)])
def test_a_token_that_is_missing_or_of_other_rules_is_made_anew_from_the_text(token):
    assert fingerprint_in(token, "<p>a</p>", HTML) == fingerprint("<p>a</p>", HTML)


@prove
@given(plain_texts)
def test_plain_text_is_blind_to_line_ends_and_space_that_nobody_sees(text):
    changed = "\r\n".join(line + "  " for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n")) + "\n\n"

    assert fingerprint(changed, PLAIN) == fingerprint(text, PLAIN)


@pytest.mark.parametrize(
    ("one", "other"), [("a b", "a  b"), ("a\nb", "a\n\nb"), ("<b>a</b>", "a"), (" a", "a"), ("a", "A")]
)
def test_plain_text_tells_apart_what_is_different(one, other):
    assert fingerprint(one, PLAIN) != fingerprint(other, PLAIN)
    assert lost_content("<img src=x>", PLAIN) == ()
