"""Generated statement texts: tidy ones as an editor makes them, and tag soup as a hostile or broken sender makes it."""

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from core.text.content import TextKind

HTML, PLAIN = TextKind.HTML, TextKind.PLAIN

prove = settings(
    max_examples=60,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)

WORDS = [
    "access", "control", "the", "system", "owner", "reviews", "not", "every", "90", "days", "AC-2(3)", "a.", "audit",
    "naïve", "日本語", "مرحبا", "שלום", "🙂", "x&lt;y", "A &amp; B", "policy;", "(see", "below).", "shall", "must",
    "10", "e\u0301tat", "*star*", "_under_", "1.", "#", "```",
]  # fmt: skip

words = st.lists(st.sampled_from(WORDS), min_size=1, max_size=6).map(" ".join)

_STYLES = ["color: red;", "text-align: center;", "font-weight: bold;", "FONT-STYLE: Italic", "background-color: #ff0;",
           "padding-left: 40px;", "position: fixed; color: blue", "text-decoration: underline line-through"]  # fmt: skip


def _wrapped(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    tag = st.sampled_from(["b", "strong", "em", "i", "u", "s", "del", "ins", "sup", "sub", "code", "small"])
    return st.one_of(
        st.tuples(tag, inner).map(lambda it: f"<{it[0]}>{it[1]}</{it[0]}>"),
        st.tuples(st.sampled_from(_STYLES), inner).map(lambda it: f'<span style="{it[0]}">{it[1]}</span>'),
        st.tuples(st.sampled_from(["https://a.example/x", "#ac-2", "/kb.do?id=1", "mailto:a@b.example"]), inner).map(
            lambda it: f'<a href="{it[0]}">{it[1]}</a>'
        ),
    )


inlines = st.lists(
    st.recursive(st.one_of(words, words, st.just("<br>"), st.just("&nbsp;")), _wrapped, max_leaves=4),
    min_size=1,
    max_size=3,
).map(" ".join)


def _items(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.lists(inner.map(lambda it: f"<li>{it}</li>"), min_size=1, max_size=3).map("".join)


def _containers(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    lists = st.sampled_from(["<ul>{}</ul>", "<ol>{}</ol>", '<ol start="3" type="a">{}</ol>'])
    holders = st.sampled_from(
        [
            "<blockquote>{}</blockquote>",
            "<div>{}</div>",
            '<div style="margin-left: 9px">{}</div>',
            "<b>{}</b>",
            "<dl><dd>{}</dd></dl>",
        ]
    )
    row = st.lists(inner.map(lambda it: f"<td>{it}</td>"), min_size=1, max_size=3).map(
        lambda cells: f"<tr>{''.join(cells)}</tr>"
    )
    return st.one_of(
        st.tuples(lists, _items(inner)).map(lambda it: it[0].format(it[1])),
        st.tuples(holders, inner).map(lambda it: it[0].format(it[1])),
        st.lists(row, min_size=1, max_size=3).map(lambda rows: f"<table>{''.join(rows)}</table>"),
        st.tuples(inner, inner).map("".join),
    )


_paragraphs = st.one_of(
    inlines.map(lambda it: f"<p>{it}</p>"),
    inlines.map(lambda it: f"<p>{it}</p>"),
    inlines,
    st.tuples(st.sampled_from(_STYLES), inlines).map(lambda it: f'<p style="{it[0]}">{it[1]}</p>'),
    inlines.map(lambda it: f"<h2>{it}</h2>"),
    inlines.map(lambda it: f"<div>{it}</div>"),
    words.map(lambda it: f"<pre>{it}\n  two\n</pre>"),
    st.just("<hr>"),
    st.just("<p>&nbsp;</p>"),
)
blocks = st.recursive(_paragraphs, _containers, max_leaves=6)
documents = st.lists(blocks, max_size=5).map("\n".join)
"""Statements as an editor makes them."""

_SOUP = [
    "<p>", "</p>", "<b>", "</b>", "<ul>", "</ul>", "<li>", "</li>", "<ol start=2>", "</ol>", "<table>", "</table>",
    "<tr>", "<td>", "</td>", "<div>", "</div>", "<h1>", "</h1>", "<pre>\n\n", "</pre>", "<br>", "<hr>", "<a href='/x'>",
    "</a>", "<a href=javascript:x>", "<svg>", "</svg>", "<math>", "<style>", "</style>", "<script>", "</script>",
    "<!--", "-->", "<section>", "</section>", "<q>", "</q>", "<font color='red'>", "</font>", "<img src=x alt='plan'>",
    "<iframe>", "</iframe>", "<span style='color:red'>", "</span>", "<select><option>", "</select>", "<textarea>",
    "</textarea>", "<form>", "</form>", "<template>", "</template>", "<noscript>", "</noscript>", "<title>", "</title>",
    "<blockquote>", "</blockquote>", "<caption>", "<dl><dt>", "<dd>", "</dl>", "<em", "<p title=\"", "\">", "'", "&lt;",
    "&amp;", "&nbsp;", "\u200b", "\u00ad", "\u2028", "\x00", " onclick=x ", "text", "more text", " ", "\n",
]  # fmt: skip
soup = st.lists(st.sampled_from(_SOUP), max_size=25).map("".join)
"""Markup that no editor makes."""

texts = st.one_of(documents, documents, soup)

plain_texts = st.lists(
    st.sampled_from(["one", "two words", " indented", "", "", "  ", "\t", "<b>", "é", "e\u0301", "trailing  "]),
    max_size=8,
).flatmap(lambda lines: st.sampled_from(["\n", "\r\n", "\r"]).map(lambda end: end.join(lines)))
"""Plain-text fields with every kind of line end."""
