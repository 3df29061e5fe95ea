import pytest

from core.domain.origin import way_words


@pytest.mark.parametrize(
    ("kept", "told"),
    [
        ("slack", "in Slack"),
        ("api", "over the API"),
        ("cli (root)", "on the command line (root)"),
        ("engine", "engine"),
    ],
)
def test_the_way_in_is_told_in_words(kept: str, told: str) -> None:
    assert way_words(kept) == told
