"""The promises are held against the tests: what people are told to rely on names a test, and what tests hold is told."""

import re
from collections import defaultdict
from pathlib import Path

from core.domain.outcome import Level
from tests.pitfalls.marks import marked_tests
from tests.pitfalls.meanings import MEANINGS
from tests.test_docs import page, rows_of, told

TESTS = Path(__file__).parent
PAGES = ("guarantees.md", "slack-guarantees.md")
# The files about the whole rather than about one promise.
ABOUT_ALL = {"faults/test_catalogue.py", "faults/test_histories.py"}


def linked_tests(text: str) -> set[str]:
    return set(re.findall(r"\]\(\.\./tests/([\w/]+\.py)\)", text))


def test_every_promise_names_the_tests_that_hold_it():
    text = page("guarantees.md")
    promises = re.findall(r"^(\d+)\. ", text.partition("## Always")[2].partition("\n## ")[0], re.MULTILINE)
    held = {row[0]: linked_tests(row[1]) for row in re.findall(r"^\| (\d+) \| (.+) \|$", text, re.MULTILINE)}

    faults = [f"promise {number} names no test" for number in promises if not held.get(number)]
    faults += [f"there is no promise {number}" for number in held if number not in promises]

    assert len(promises) > 5
    assert not faults, f"docs/guarantees.md:{told(faults)}"


def test_what_the_fault_tests_hold_is_promised():
    files = {path.relative_to(TESTS).as_posix() for path in (TESTS / "faults").glob("test_*.py")}

    missing = sorted(files - ABOUT_ALL - linked_tests(page("guarantees.md")))

    assert not missing, f"docs/guarantees.md: say which promise these hold:{told(missing)}"


def test_every_labelled_danger_and_safeguard_is_told_to_people_with_its_test():
    tests = defaultdict[str, set[str]](set)
    for label, place in marked_tests():
        tests[label].add(place.partition("::")[0])
    rows = [line for name in PAGES for line in page(name).splitlines() if line.startswith("| ") and linked_tests(line)]
    named = [(label, linked_tests(row)) for row in rows for label in re.findall(r"\b[PM]\d+\b", row.split("|")[-2])]

    faults = [f"{label}: its row names none of its tests" for label, linked in named if not linked & tests[label]]
    labels = {label for label in MEANINGS if label[0] in "PM"}
    faults += [f"no row for {label}: {MEANINGS[label]}" for label in sorted(labels - {label for label, _ in named})]

    assert not faults, f"docs/guarantees.md, docs/slack-guarantees.md:{told(faults)}"


def test_every_level_of_proof_is_promised():
    rows = rows_of(page("guarantees.md"))

    assert {level.value for level in Level} <= {name.partition("`")[0] for name in rows}
