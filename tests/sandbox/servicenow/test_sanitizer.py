import pytest

from sandbox.data import load
from sandbox.servicenow import STATEMENT_FIELD, STATEMENTS, ServiceNow
from sandbox.servicenow.sanitizer import sanitized

SAMPLE = [statement.html for statement in load(ServiceNow()).statements]


@pytest.mark.parametrize(
    ("sent", "stored"),
    [
        ('<p data-id="7">x</p>', "<p>x</p>"),
        ('<p onmouseover="x()">x</p>', "<p>x</p>"),
        ("<iframe src='https://example.org'></iframe>x", "x"),
        ('<a href="javascript:x()">x</a>', "<a>x</a>"),
        ('<a href="ftp://example.org">x</a>', "<a>x</a>"),
        ("<p>x<!-- note --></p>", "<p>x</p>"),
        ("<script>x()</script>y", "y"),
        ("<embed src='x'>y", "y"),
    ],
)
def test_what_is_not_allowed_goes(sent: str, stored: str) -> None:
    assert sanitized(sent, "strip") == stored


@pytest.mark.parametrize(
    "sent",
    [
        '<p id="a" class="b" lang="de" title="c" style="color: red">x</p>',
        '<img src="data:image/png;base64,AAAA" alt="x">',
        "<p>a &amp; b &lt;c&gt; &nbsp; „d”<br/><br></p>",
        '<a href="mailto:a@example.com" target="_blank">x</a>',
    ],
)
def test_what_is_allowed_stays_byte_for_byte(sent: str) -> None:
    assert sanitized(sent, "strip") == sent


def test_the_sample_is_allowed_and_rewriting_it_settles_at_once() -> None:
    for html in SAMPLE:
        assert sanitized(html, "strip") == html
        for mode in ("reserialise", "churn"):
            once = sanitized(html, mode)
            assert sanitized(once, mode) == once


def test_the_dictionary_can_switch_one_column_on_or_off() -> None:
    assert sanitized("<script>x()</script>y", "off", "html_sanitize=true") == "y"
    assert sanitized("<script>x()</script>y", "strip", "no_audit,html_sanitize=false") == "<script>x()</script>y"


def test_the_sanitiser_works_on_every_save_where_the_instance_has_it_on() -> None:
    sn = ServiceNow()
    sn.behaviour.sanitize = "strip"

    sys_id = sn.add(
        STATEMENTS, u_implementation_statement="<p onclick='x()'>a</p>", u_reviewer_note="<b>kept</b><script>"
    )
    sn.edit(STATEMENTS, sys_id, STATEMENT_FIELD, "<p>b</p><script>x()</script>")

    row = sn.get(STATEMENTS, sys_id)
    assert (row[STATEMENT_FIELD], row["u_reviewer_note"]) == ("<p>b</p>", "<b>kept</b><script>")
