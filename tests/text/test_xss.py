import json
from pathlib import Path

import pytest

from core.text.blocks import html_leaves
from core.text.content import assemble, clean, fingerprint, leaf_blocks, readable, shown_blocks
from core.text.leaves import canonical_html
from core.text.markdown import from_markdown, to_markdown
from tests.text.oracle import faults
from tests.text.strategies import HTML

VECTORS: dict[str, list[str]] = json.loads((Path(__file__).parent / "xss_vectors.json").read_text(encoding="utf-8"))
ALL = [vector for vectors in VECTORS.values() for vector in vectors]


def test_there_are_at_least_150_different_vectors_of_every_class():
    assert len(set(ALL)) >= 150
    assert all(len(vectors) >= 15 for vectors in VECTORS.values())


def test_the_second_opinion_finds_fault_with_what_is_not_sanitised():
    """An oracle that finds nothing anywhere would prove nothing."""
    blind = [vector for vector in VECTORS["event handlers"] + VECTORS["svg and math"] if not faults(vector)]

    assert len(blind) <= 6, blind


@pytest.mark.parametrize("vector", ALL)
def test_vector_is_harmless_when_saved(vector):
    assert faults(clean(vector, HTML)) == []


@pytest.mark.parametrize("vector", ALL)
def test_vector_is_harmless_when_put_together_from_blocks_or_markdown(vector):
    assembled = assemble(leaf_blocks(vector, HTML))

    assert faults(assembled) == []
    assert faults(from_markdown(vector)) == []
    assert faults(from_markdown(to_markdown(vector))) == []
    assert faults(canonical_html(html_leaves(vector))) == []


@pytest.mark.parametrize("vector", ALL)
def test_vector_is_stable_once_saved(vector):
    saved = clean(vector, HTML)

    assert clean(saved, HTML) == saved
    assert fingerprint(saved, HTML).content == fingerprint(vector, HTML).content
    assert fingerprint(saved, HTML).style == fingerprint(vector, HTML).style


@pytest.mark.parametrize("vector", ALL)
def test_vector_in_the_middle_of_a_statement_leaves_the_rest_alone(vector):
    """A vector may swallow what follows in its own paragraph, never what came before it."""
    saved = clean(f"<p>Before.</p>{vector}", HTML)

    assert faults(saved) == []
    assert saved.startswith("<p>Before.</p>")
    assert readable(f"<p>Before.</p>{vector}", HTML).startswith("Before.")
    assert shown_blocks(f"<p>Before.</p>{vector}", HTML)[0].text == "Before."
