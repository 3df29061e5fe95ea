"""The promises are held against the tests: what people are told to rely on names a test, and what tests hold is told."""

import re
from pathlib import Path

from tests.pitfalls.marks import marked_tests
from tests.pitfalls.meanings import MEANINGS
from tests.test_docs import page, told

TESTS = Path(__file__).parent
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


def test_every_labelled_danger_and_safeguard_is_told_to_people():
    linked = linked_tests(page("guarantees.md")) | linked_tests(page("slack-guarantees.md"))
    told_of = {label for label, place in marked_tests() if place.partition("::")[0] in linked}

    missing = [
        f"{label}: {meaning}" for label, meaning in MEANINGS.items() if label[0] in "PM" and label not in told_of
    ]

    assert not missing, f"neither guarantees.md nor slack-guarantees.md names a test of{told(missing)}"
