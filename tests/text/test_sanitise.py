import pytest
from hypothesis import given

from core.text.content import clean, fingerprint, lost_look, readable
from tests.text.oracle import faults
from tests.text.strategies import HTML, PLAIN, documents, plain_texts, prove, soup, texts


@prove
@given(texts)
def test_sanitising_twice_changes_nothing(text):
    once = clean(text, HTML)

    assert clean(once, HTML) == once


@prove
@given(soup)
def test_soup_comes_out_harmless(text):
    assert faults(clean(text, HTML)) == []


@prove
@given(documents)
def test_sanitising_does_not_change_what_a_statement_says_or_how_it_looks(text):
    saved, given_text = fingerprint(clean(text, HTML), HTML), fingerprint(text, HTML)

    assert (saved.content, saved.style) == (given_text.content, given_text.style)


@given(plain_texts)
@prove
def test_plain_text_is_saved_as_it_is(text):
    assert clean(text, PLAIN) == text


@pytest.mark.parametrize(
    ("text", "saved"),
    [
        ("<section>a</section><section>b</section>", "<div>a</div><div>b</div>"),
        ("<center>a</center>b", "<div>a</div>b"),
        ("x<address>y</address>", "x<div>y</div>"),
    ],
)
def test_dropping_an_element_never_glues_words_together(text, saved):
    assert clean(text, HTML) == saved


@pytest.mark.parametrize(
    ("text", "saved"),
    [
        ('<a href="https://a.example/x?y=1&amp;z=2">l</a>', '<a href="https://a.example/x?y=1&amp;z=2">l</a>'),
        ('<a href="#ac-2_smt.a">l</a>', '<a href="#ac-2_smt.a">l</a>'),
        ('<a href="/kb_view.do?id=KB1">l</a>', '<a href="/kb_view.do?id=KB1">l</a>'),
        ('<a href="kb_view.do?at=10:30">l</a>', '<a href="kb_view.do?at=10:30">l</a>'),
        ('<a href="mailto:owner@a.example">l</a>', '<a href="mailto:owner@a.example">l</a>'),
        (
            '<a href="https://a.example/Shared Documents/a.docx">l</a>',
            '<a href="https://a.example/Shared Documents/a.docx">l</a>',
        ),
        ('<a href=" https://a.example ">l</a>', '<a href="https://a.example">l</a>'),
    ],
)
def test_real_link_targets_are_kept_and_gain_nothing(text, saved):
    assert clean(text, HTML) == saved


@pytest.mark.parametrize(
    ("style", "saved"),
    [
        ("COLOR: Red", "color: Red;"),
        ("color: red; text-align: center;", "color: red; text-align: center;"),
        ("color: red; position: fixed", "color: red;"),
        ("background: yellow", "background-color: yellow;"),
        ("color: #ff0000 !important", "color: #ff0000;"),
        ("color: red; color: blue", "color: blue;"),
        ("color: rgb(1, 2, 3)", "color: rgb(1, 2, 3);"),
    ],
)
def test_listed_styles_are_kept_in_one_spelling(style, saved):
    assert clean(f'<p style="{style}">x</p>', HTML) == f'<p style="{saved}">x</p>'


def test_a_style_of_which_nothing_is_kept_leaves_no_empty_attribute():
    assert clean('<p style="position: fixed">x</p>', HTML) == "<p>x</p>"


def test_quotation_elements_keep_their_quotation_marks():
    assert clean("<p>He said <q>no</q>.</p>", HTML) == "<p>He said “no”.</p>"


@pytest.mark.parametrize(
    ("text", "saved"),
    [
        ("<p>a <mark>b</mark></p>", '<p>a <span style="background-color: yellow;">b</span></p>'),
        ("<p>a <big>b</big></p>", '<p>a <span style="font-size: larger;">b</span></p>'),
        ("<p><kbd>a</kbd> <samp>b</samp> <tt>c</tt></p>", "<p><code>a</code> <code>b</code> <code>c</code></p>"),
        ("<p><cite>a</cite> <dfn>b</dfn> <var>c</var></p>", "<p><em>a</em> <em>b</em> <em>c</em></p>"),
    ],
)
def test_elements_that_a_listed_one_can_stand_for_keep_their_look(text, saved):
    assert clean(text, HTML) == saved


def test_raised_figures_stay_raised_however_they_are_written():
    text = '<p>10<span style="vertical-align: super; font-size: 0.6em">6</span></p>'

    assert readable(text, HTML) == readable(clean(text, HTML), HTML) == "10⁶"
    assert 'style="vertical-align: top' not in clean(
        '<table><tr><td style="vertical-align: top">x</td></tr></table>', HTML
    )


def test_old_colour_markup_becomes_a_style():
    assert clean('<p><font color="#ff0000">x</font></p>', HTML) == '<p><span style="color: #ff0000;">x</span></p>'


def test_numbering_and_direction_are_kept():
    text = '<ol start="3" type="a"><li value="5" dir="rtl">x</li></ol>'

    assert clean(text, HTML) == text


@pytest.mark.parametrize(
    ("style", "kind"),
    [("lower-alpha", "a"), ("upper-roman", "I"), ("LOWER-ROMAN", "i"), ("inside upper-alpha", "A"), ("decimal", "1")],
)
def test_letters_that_a_style_gives_to_a_list_stay(style, kind):
    text = f'<ol style="list-style-type: {style}; color: red" start="2"><li>x</li></ol>'.replace("-type: in", ": in")
    lettered = f'<ol start="2" type="{kind}"><li>x</li></ol>'

    assert fingerprint(text, HTML) == fingerprint(lettered, HTML)
    assert fingerprint(clean(text, HTML), HTML) == fingerprint(lettered, HTML)
    assert lost_look(text.replace("; color: red", ""), HTML) == ()


def test_list_marks_that_cannot_be_kept_are_told():
    text = '<ol style="list-style-type: lower-greek"><li>x</li></ol>'

    assert clean(text, HTML) == "<ol><li>x</li></ol>"
    assert lost_look(text, HTML) == ("list marks",)


def test_a_text_nested_thousands_deep_is_sanitised():
    assert clean("<div>" * 3000 + "x", HTML).count("<div>") == 3000


@pytest.mark.parametrize(
    ("text", "dropped"),
    [
        (
            '<table border="1" style="width: 100%; border-collapse: collapse"><tr><td>x</td></tr></table>',
            ("borders", "sizes"),
        ),
        ('<p align="center">x</p>', ("alignment",)),
        ('<b style="color: red">x</b>', ("colours",)),
        ('<p style="color: red; text-align: center; padding-left: 40px; background: yellow">x</p>', ()),
        ('<p style="line-height: 115%; mso-bidi-font: x; margin: 0; border: 0px none">x</p>', ()),
        ('<p style="font: bold 12px Arial; text-transform: uppercase">x</p>', ("fonts", "emphasis")),
        ('<ul style="list-style-type: square"><li>x</li></ul>', ("list marks",)),
        ('<font color="red" size="5">x</font>', ("fonts",)),
        ('<ol style="list-style: none"><li>x</li></ol>', ("list marks",)),
        ('<table style="direction: rtl"><tr><td>x</td></tr></table>', ("text direction",)),
        ('<p><abbr title="multi-factor">MFA</abbr></p>', ("notes that show when pointed at",)),
        ('<p><a href="/x" title="kept">x</a></p>', ()),
        ("<p>style= in words</p>", ()),
        ('<p><a name="scope"></a>Scope.</p>', ("places that links lead to",)),
        ('<p><a id="scope">Scope</a>, see <a href="#scope">above</a>.</p>', ("places that links lead to",)),
        ('<h2 id="a b">Scope</h2><p>See <a href="#a%20b">above</a>.</p>', ("places that links lead to",)),
        ('<h2 id="scope">Scope</h2><p>See <a href="#elsewhere">there</a>.</p>', ()),
        ('<h2 id="heading-7">Scope</h2><p class="x">No link.</p>', ()),
        ('<p><a href="/x" id="made-by-editor">x</a></p>', ()),
        ('<p align="center"><a name="top">Top</a></p>', ("alignment", "places that links lead to")),
    ],
)
def test_look_that_saving_drops_is_told(text, dropped):
    assert lost_look(text, HTML) == dropped
    assert lost_look(clean(text, HTML), HTML) == ()


@prove
@given(documents)
def test_a_saved_text_has_no_more_look_to_lose(text):
    assert lost_look(clean(text, HTML), HTML) == ()


def test_plain_text_has_no_look():
    assert lost_look('<p align="center">', PLAIN) == ()
