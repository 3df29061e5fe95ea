"""Expecting the workspace to refuse a call."""

import contextlib

import pytest
from slack_sdk.errors import SlackApiError


@contextlib.contextmanager
def refused(error):
    """The call inside is refused with this error name; the answer is at hand in `.value.response`."""
    with pytest.raises(SlackApiError) as caught:
        yield caught
    assert caught.value.response["error"] == error
