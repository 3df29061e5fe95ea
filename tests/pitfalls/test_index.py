"""Every way in which Slack lets a bot down that we know of has a test that would fail, and the labels say what they mean."""

from collections import defaultdict

from tests.pitfalls.marks import marked_tests
from tests.pitfalls.meanings import MEANINGS


def test_every_label_has_a_test_and_every_marked_test_a_label_that_is_explained() -> None:
    tests: dict[str, list[str]] = defaultdict(list)
    for label, place in marked_tests():
        tests[label].append(place)

    assert sorted(set(MEANINGS) - set(tests)) == [], "these have no test: mark one, or write it"
    assert sorted(set(tests) - set(MEANINGS)) == [], "these are not explained in tests/pitfalls/meanings.py"


def test_the_list_is_whole() -> None:
    # Left out are rights that differ by setting, which this version does not have.
    numbers = {"P": range(1, 28), "M": range(1, 12), "U": [*range(1, 8), *range(9, 13)]}

    assert set(MEANINGS) == {f"{kind}{number}" for kind, of_kind in numbers.items() for number in of_kind}


def test_what_is_marked_is_a_test_that_runs() -> None:
    names = [place.rpartition("::")[2] for _, place in marked_tests()]

    assert [name for name in names if not name.startswith(("test_", "Test"))] == []
