"""Diffs and merges of real, successive versions of statements."""

import random
from difflib import SequenceMatcher
from itertools import pairwise

from core.domain.diff import diff, fold, unified
from core.domain.diff_words import WordBudget, word_runs
from core.domain.merge import Clashes, Merged, three_way_merge
from core.text.content import assemble, clean, fingerprint, leaf_blocks, readable
from tests.text.semantic import SEMANTIC
from tests.text.strategies import HTML


def _halves(old, new):
    """A genuine edit of several places as two people's edits: every other change each. None where it is one change."""
    before, after = leaf_blocks(old, HTML), leaf_blocks(new, HTML)
    keys = [[(block.key, block.style) for block in side] for side in (before, after)]
    opcodes = SequenceMatcher(None, *keys, autojunk=False).get_opcodes()
    changes = [opcode for opcode in opcodes if opcode[0] != "equal"]
    if len(changes) < 2:
        return None
    sides = []
    for parity in (0, 1):
        taken = changes[parity::2]
        blocks = []
        for opcode in opcodes:
            tag, i1, i2, j1, j2 = opcode
            blocks.extend(after[j1:j2] if tag == "equal" or opcode in taken else before[i1:i2])
        sides.append(assemble(blocks))
    return sides


def test_every_genuine_edit_is_rebuilt_by_its_diff_both_ways(edits):
    for pair in edits:
        for old, new in (pair, pair[::-1]):
            found = diff(old, new, HTML)

            assert (found.old_text, found.new_text) == (readable(old, HTML), readable(new, HTML))
            assert found.is_empty == (fingerprint(old, HTML) == fingerprint(new, HTML))


def test_folding_a_genuine_edit_keeps_all_that_changed_and_mostly_fits_a_message(edits):
    lengths = []
    for old, new in edits:
        full = diff(old, new, HTML)
        folded = fold(full)
        changed = [
            (run.kind, run.text) for block in full.blocks for run in block.runs if run.kind in {"added", "removed"}
        ]

        assert changed == [
            (run.kind, run.text) for block in folded.blocks for run in block.runs if run.kind in {"added", "removed"}
        ]
        lengths.append(sum(len(run.text) for block in folded.blocks for run in block.runs))
        assert len(unified(folded)) <= len(unified(full)) + 80

    assert sum(length > 3_000 for length in lengths) <= len(edits) * 0.02


def test_two_halves_of_a_genuine_edit_merge_to_it_or_are_left_to_a_person(edits):
    merged = wrong = 0
    split = [(old, new, halves) for old, new in edits if (halves := _halves(old, new))]
    for old, new, (local, remote) in split:
        result = three_way_merge(clean(old, HTML), local, remote, HTML)
        if isinstance(result, Merged):
            merged += 1
            wrong += fingerprint(result.text, HTML) != fingerprint(new, HTML)

    assert len(split) > 50
    assert wrong == 0
    assert merged >= len(split) * 0.6


def test_an_edit_on_top_of_a_genuine_edit_of_the_same_blocks_is_never_merged(edits):
    tried = 0
    for old, new in edits:
        if len(leaf_blocks(old, HTML)) != 1 or fingerprint(old, HTML) == fingerprint(new, HTML):
            continue
        other = SEMANTIC["not inserted"](old, random.Random(old))
        if other is not None and fingerprint(other, HTML) != fingerprint(new, HTML):
            tried += 1
            assert isinstance(three_way_merge(old, new, other, HTML), Clashes)

    assert tried > 100


def test_successive_versions_merge_only_to_texts_that_hold_both(histories):
    for versions in histories:
        for (first, second), third in zip(pairwise(versions), versions[2:], strict=False):
            result = three_way_merge(second, first, third, HTML)
            if isinstance(result, Merged):
                have = {block.key for block in leaf_blocks(result.text, HTML)}
                base = {block.key for block in leaf_blocks(second, HTML)}
                for side in (first, third):
                    assert {block.key for block in leaf_blocks(side, HTML)} - base <= have


def test_a_rewrite_of_32000_characters_is_compared_within_the_budget_of_a_text(statements):
    """The budget bounds what is compared, and with it the time: a benchmark says how long that is."""
    joined = "".join(statements)
    old, other = joined[:32_000], joined[40_000:72_000]
    chance = random.Random(1)
    edited = " ".join(word if chance.random() > 0.05 or "<" in word else "changed" for word in old.split(" "))
    one_paragraph = [readable(text, HTML).replace("\n", " ") for text in (old, edited, other)]
    for before, after in ((one_paragraph[0], one_paragraph[1]), (one_paragraph[0], one_paragraph[2])):
        budget = WordBudget()
        runs = word_runs(before, after, budget)

        assert budget.left >= 0
        assert "".join(run.text for run in runs if run.kind != "added") == before
        assert "".join(run.text for run in runs if run.kind != "removed") == after
    for new in (edited, other):
        found = diff(old, new, HTML)
        assert (found.old_text, found.new_text) == (readable(old, HTML), readable(new, HTML))
