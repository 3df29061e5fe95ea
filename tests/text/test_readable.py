import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.text.content import clean, leaf_blocks, preview, readable, safe_display, shown_blocks
from core.text.formats import character_runs
from tests.text.strategies import HTML, PLAIN, prove, texts


def test_a_statement_reads_like_a_text():
    text = (
        "<h2>Scope</h2><p>All <b>staff</b>.</p><ol start=2><li>one<ul><li>inner</li></ul></li><li>two</li></ol>"
        "<table><tr><th>Role</th><th>Duty</th></tr><tr><td>Owner</td><td>Review</td></tr></table>"
        "<blockquote><p>quoted</p></blockquote>"
    )

    assert readable(text, HTML) == (
        "Scope\n\nAll staff.\n\n2. one\n  • inner\n3. two\n\nRole | Duty\nOwner | Review\n\n> quoted"
    )


@pytest.mark.parametrize(
    ("text", "reads"),
    [
        ('<a href="https://a.example/x">policy</a>', "policy (https://a.example/x)"),
        ('<a href="https://evil.example/x">https://bank.example</a>', "https://evil.example/x"),
        ('<a href="https://evil.example/x">www.bank.example/login</a>', "https://evil.example/x"),
        ('<a href="https://bank.example@evil.example/">bank</a>', "bank (https://evil.example/)"),
        ('<a href="https://a.example/x">https://a.example/x</a>', "https://a.example/x"),
        ('<a href="https://a.example/y">https://a.example/x</a>', "https://a.example/x (https://a.example/y)"),
        ('<a href="mailto:a@b.example">a@b.example</a>', "a@b.example"),
        ('<a href="mailto:x@evil.example">a@b.example</a>', "a@b.example (x@evil.example)"),
        ('<a href="/kb.do?id=1">KB 1</a>', "KB 1 (/kb.do?id=1)"),
        ('see <a href="#ac-2">AC-2</a>.', "see AC-2 (#ac-2)."),
    ],
)
def test_a_link_shows_where_it_really_leads(text, reads):
    assert readable(text, HTML) == reads


@pytest.mark.parametrize(
    ("text", "reads"),
    [
        ("10<sup>6</sup> users", "10⁶ users"),
        ("H<sub>2</sub>O", "H₂O"),
        ("x<sup>note a</sup>", "x^(note a)"),
        ("<s>must</s> should", "~~must~~ should"),
        ("a<br>b", "a\nb"),
        ("<table><tr><td>a<br>b</td><td></td></tr></table>", "a / b | "),
        ('before <img src="/x.png" alt="network plan"> after', "before [image: network plan] after"),
        ("a<svg><text>inside</text></svg>b", "a[drawing]b"),
        ("<ul><li>a</li><li><iframe src=x>old</iframe></li></ul>", "• a\n• [embedded frame]"),
        ("<!channel> &lt;!channel&gt; @here", "<!channel> @here"),
        ('<ol type="a"><li>x</li><li value="28">y</li></ol>', "a. x\nab. y"),
        ('<ol type="I" start="4"><li>x</li></ol>', "IV. x"),
        ("<ol reversed><li>x</li><li>y</li></ol>", "2. x\n1. y"),
        ("<dl><dt>RPO</dt><dd>one hour</dd></dl>", "RPO\n  one hour"),
    ],
)
def test_markup_that_carries_meaning_stays_readable(text, reads):
    assert readable(text, HTML) == reads


@prove
@given(texts)
def test_saving_does_not_change_how_a_text_without_losses_reads(text):
    if readable(text, HTML) == readable(clean(text, HTML), HTML):
        return

    assert [b.text for b in shown_blocks(text, HTML)] != [b.text for b in leaf_blocks(text, HTML)]


@prove
@given(texts)
def test_every_character_of_a_block_has_its_look(text):
    for block in shown_blocks(text, HTML):
        assert len(character_runs(block)) == len(block.text)


@prove
@given(st.text(max_size=40), st.integers(min_value=1, max_value=50))
def test_preview_is_one_line_within_its_limit(text, limit):
    shown = preview(text, PLAIN, limit)

    assert len(shown) <= limit
    assert "\n" not in shown


def test_preview_is_cut_between_words_and_says_so():
    assert preview("<p>The system owner reviews accounts.</p>", HTML, 20) == "The system owner…"
    assert preview("<p>Short.</p>", HTML, 20) == "Short."


@pytest.mark.parametrize(
    ("text", "limit", "shown"),
    [
        ("👨‍👩‍👧‍👦👨‍👩‍👧‍👦", 9, "👨‍👩‍👧‍👦…"),
        ("x\u0301x\u0301x\u0301", 4, "x\u0301…"),
        ("🇩🇪🇫🇷🇪🇸", 4, "🇩🇪…"),
        ("👍🏽👍🏽", 3, "👍🏽…"),
        ("日本語日本語", 4, "日本語…"),
    ],
)
def test_preview_never_splits_what_a_reader_sees_as_one_character(text, limit, shown):
    assert preview(text, PLAIN, limit) == shown


@prove
@given(st.text(alphabet=st.sampled_from("a@`\u202e\u200b\u200dé\x00\n\u2028here \ufeff"), max_size=30))
def test_safe_display_twice_changes_nothing(text):
    once = safe_display(text)

    assert safe_display(once) == once


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("pay \u202ecod.exe", "pay cod.exe"),
        ("a\u2066b\u2069c", "abc"),
        ("@channel @Here @everyone x@y", "@\u200bchannel @\u200bHere @\u200beveryone x@y"),
        ("@\u200bhere", "@\u200bhere"),
        ("```code```", "`\u200b`\u200b`code`\u200b`\u200b`"),
        ("a\u200bb\u00adc\ufeffd", "abcd"),
        ("a\x00b\x1bc\x7f", "abc"),
        ("one\r\ntwo\u2028three", "one\ntwo\nthree"),
        ("ad\u200dmin", "admin"),
        ("👩\u200d💻 می\u200cخواهم", "👩\u200d💻 می\u200cخواهم"),
        ("مرحبا", "مرحبا"),
        ("a < b & c", "a < b & c"),
    ],
)
def test_safe_display_takes_out_what_misleads_and_nothing_else(text, shown):
    assert safe_display(text) == shown
