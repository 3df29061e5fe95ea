import pytest
from hypothesis import given

from core.text.content import clean, fingerprint, lost_content
from core.text.markdown import from_markdown, round_trips, to_markdown
from tests.text.samples import STATEMENTS
from tests.text.strategies import HTML, prove, texts


@prove
@given(texts)
def test_what_round_trips_really_comes_back_equal(text):
    if round_trips(text):
        assert fingerprint(from_markdown(to_markdown(text)), HTML) == fingerprint(text, HTML)
        assert lost_content(text, HTML) == ()


@prove
@given(texts)
def test_markdown_comes_back_sanitised(text):
    back = from_markdown(to_markdown(text))

    assert clean(back, HTML) == back


@pytest.mark.parametrize("name", ["one paragraph", "two paragraphs", "nested list", "heading and quotation"])
def test_statement_of_plain_markup_round_trips(name):
    assert round_trips(STATEMENTS[name])


@pytest.mark.parametrize(
    "text",
    [
        "<p>5 * 3 * 2 and a_b_c and #1 and [x](y) and &lt;b&gt; and 1. and `code`</p>",
        "<p>1. not a list</p><p># not a heading</p><p>- not an item</p><p>&gt; not a quotation</p>",
        "<p>a<br>b</p>",
        "<p><s>old</s> new</p>",
        '<p><a href="https://a.example/x_y?z=(1)">a [b]</a></p>',
        "<p>| not | a table |</p>",
        "<p>~~not struck~~ ***</p>",
    ],
)
def test_signs_of_markdown_in_the_text_come_back_as_they_were(text):
    assert round_trips(text)


@pytest.mark.parametrize(
    "text",
    [
        '<p style="color: red">x</p>',
        "<p><u>x</u></p>",
        "<table><tr><td>no head</td></tr></table>",
        '<ol type="a" start="3"><li>x</li></ol>',
        '<p>x<img src="/a.png"></p>',
        '<p dir="rtl">x</p>',
        "<p>10<sup>6</sup></p>",
    ],
)
def test_what_markdown_cannot_say_is_not_offered_as_markdown(text):
    assert not round_trips(text)


def test_raw_html_in_markdown_stays_text():
    assert from_markdown("a <b onclick=x>b</b> <script>c</script>") == (
        "<p>a &lt;b onclick=x&gt;b&lt;/b&gt; &lt;script&gt;c&lt;/script&gt;</p>"
    )


def test_script_link_in_markdown_is_no_link():
    assert "javascript" not in clean(from_markdown("[x](javascript:alert(1))"), HTML).replace("(javascript:", "")
