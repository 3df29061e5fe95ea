"""The rates that matter, measured on real statements: none may be taken for modified, no change may be missed."""

import random
import re
import time

import pytest

from core.text.content import assemble, clean, fingerprint, leaf_blocks, lost_content
from core.text.markdown import round_trips
from tests.text.changes import Transform
from tests.text.cosmetic import COSMETIC
from tests.text.semantic import NOT_CARRIED, SEMANTIC, STYLE_ONLY
from tests.text.strategies import HTML

CHANGES = {**SEMANTIC, **STYLE_ONLY, **{name: change for name, (_, change) in NOT_CARRIED.items()}}
SAMPLE = 40


def _dressed(text: str, chance: random.Random) -> str:
    """The statement with markup that the corpus does not have, so that every change finds a place: colour, a table."""
    coloured = re.sub(
        "<p>", lambda it: it[0] if chance.random() < 0.7 else '<p style="color: red; text-align: center;">', text
    )
    return coloured + (
        '<table><tbody><tr><td>Owner</td><td>Reviews <a href="https://a.example/x">it</a></td></tr><tr><td>Role two'
        "</td><td>Does <s>other</s> things</td></tr></tbody></table><h3>Head Line</h3><ul><li>first</li></ul>"
        "<p>See <em>all</em> <strong>café</strong> words of 2024, <code>sudo</code> x<sup>2</sup>.</p>"
    )


def _sampled(statements: list[str], name: str) -> list[str]:
    """Some statements as they are and the same ones dressed; others for each name, always the same for one."""
    chance = random.Random(name)
    plain = chance.sample(statements, min(SAMPLE, len(statements)))
    return plain + [_dressed(text, chance) for text in plain]


def _equal_after(change: Transform, texts: list[str]) -> list[bool]:
    """For every text that the change can be made to, whether it still counts as equal."""
    equal = []
    for text in texts:
        changed = change(text, random.Random(text))
        if changed is not None and changed != text:
            equal.append(fingerprint(changed, HTML) == fingerprint(text, HTML))
    return equal


@pytest.mark.parametrize("name", COSMETIC)
def test_no_real_statement_counts_as_modified_for_the_way_it_is_written(name, statements):
    equal = _equal_after(COSMETIC[name], _sampled(statements, name))

    assert equal, "the change found no place"
    assert equal.count(False) == 0


@pytest.mark.parametrize("name", CHANGES)
def test_no_change_of_a_real_statement_is_missed(name, statements):
    equal = _equal_after(CHANGES[name], _sampled(statements, name))

    assert equal, "the change found no place"
    assert equal.count(True) == 0


def test_every_real_statement_is_whole_after_blocks_and_saving(statements):
    for text in statements:
        saved = clean(text, HTML)

        assert lost_content(text, HTML) == ()
        assert clean(saved, HTML) == saved
        assert fingerprint(saved, HTML) == fingerprint(text, HTML)
        assert fingerprint(assemble(leaf_blocks(text, HTML)), HTML) == fingerprint(text, HTML)


def test_every_real_statement_round_trips_through_markdown(statements):
    sample = random.Random("markdown").sample(statements, SAMPLE)

    assert sum(map(round_trips, sample)) == len(sample)


def _seconds(text: str) -> float:
    """The least processor time that a fingerprint of the text took."""
    times = []
    for _ in range(5):
        start = time.process_time()
        fingerprint(text, HTML)
        times.append(time.process_time() - start)
    return min(times)


def test_the_cost_of_comparing_grows_with_the_text_and_not_with_its_square(statements):
    """Four times the text takes four times as long; taken square it would be sixteen."""
    joined = "".join(statements)

    assert _seconds(joined[:128_000]) < 8 * _seconds(joined[:32_000])
