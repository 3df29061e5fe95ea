import pytest

from sandbox.transcript import readable


@pytest.mark.parametrize(
    ("markup", "plain"),
    [
        ("*Done* by <@U1>", "Done by @Ann"),
        ("<@U2>", "@U2"),
        ("<https://x.example/a|AC-2>", "AC-2"),
        ("<https://x.example/a>", "https://x.example/a"),
        ("<!date^1795382036^{date_short_pretty} {time}|22 Nov 2026>", "22 Nov 2026"),
        ("a &lt; b &amp;&amp; c * d * e", "a < b && c * d * e"),
    ],
)
def test_markup_reads_as_text(markup: str, plain: str) -> None:
    assert readable(markup, {"U1": "Ann"}) == plain
