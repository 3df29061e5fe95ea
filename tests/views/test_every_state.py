"""No state without a drawing that somebody looked at: the states are listed from the rules, the drawings from the goldens."""

import dataclasses
import importlib
import inspect
import json
import pkgutil
import sys
from collections import defaultdict
from enum import Enum
from functools import cache
from types import FrameType
from typing import Any

import pytest

import bot.views
from bot.actions import Action, Callback
from bot.views.parts.blocks import Message, View
from core.domain.approval import DecisionKind
from core.domain.conflict import Choice, ConflictKind
from core.domain.outcome import Level, Outcome
from core.domain.push import JobState, Readiness, RequestState
from tests.views.scenes import SCENES, payload
from tests.views.state_scenes import SIZES

SHOWN = (RequestState, Readiness, JobState, Outcome, Level, Choice, ConflictKind, DecisionKind)
# A draft is seen by nobody but who makes it, and then it is a preview.
NEVER_SHOWN = {RequestState.DRAFT}
DRAWN_IN_EVERY_STATE = ("request_message", "review_modal", "standing_message")
LISTED = (0, 1, 10, 11, 137, 1000, 5000)


def drawers() -> set[str]:
    """The names of all functions that draw a message or a view."""
    found = set()
    for module in pkgutil.walk_packages(bot.views.__path__, "bot.views."):
        its = importlib.import_module(module.name)
        for name, function in inspect.getmembers(its, inspect.isfunction):
            if function.__module__ == its.__name__ and not name.startswith("_"):
                drawn = inspect.signature(function).return_annotation
                found |= {name} if drawn in (Message, View) else set()
    return found


@cache
def shown() -> dict[str, set[Enum]]:
    """For each function that draws: every state in the facts that it was given while the goldens were drawn."""
    facts: dict[str, set[Enum]] = defaultdict(set)
    wanted = drawers()

    def look(frame: FrameType, event: str, _: Any) -> None:
        name = frame.f_code.co_name
        if event == "call" and name in wanted and frame.f_globals["__name__"].startswith("bot.views."):
            given = frame.f_code.co_varnames[: frame.f_code.co_argcount + frame.f_code.co_kwonlyargcount]
            facts[name] |= {state for each in given for state in states_in(frame.f_locals[each])}

    before = sys.getprofile()
    sys.setprofile(look)
    try:
        for draw in SCENES.values():
            draw()
    finally:
        sys.setprofile(before)
    return facts


def states_in(facts: Any) -> set[Enum]:
    """Every member of an enum anywhere in the facts."""
    if isinstance(facts, Enum):
        return {facts}
    if dataclasses.is_dataclass(facts) and not isinstance(facts, type):
        facts = [getattr(facts, field.name) for field in dataclasses.fields(facts)]
    if isinstance(facts, dict):
        facts = list(facts.values())
    if isinstance(facts, list | tuple | set | frozenset):
        return {state for each in facts for state in states_in(each)}
    return set()


def test_every_function_that_draws_has_a_golden():
    assert drawers() - set(shown()) == set()


@pytest.mark.parametrize("states", SHOWN, ids=lambda states: states.__name__)
def test_every_state_has_a_golden(states):
    drawn = set().union(*shown().values())

    assert {state for state in states if state not in drawn} - NEVER_SHOWN == set()


@pytest.mark.parametrize("drawer", DRAWN_IN_EVERY_STATE)
def test_every_state_of_a_request_has_a_golden_in_each_of_its_views(drawer):
    assert {state for state in RequestState if state not in shown()[drawer]} - NEVER_SHOWN == set()


def test_lists_of_every_size_have_a_golden():
    wanted = {f"{kind}-{size}" for kind in ("list", "select") for size in LISTED}
    wanted |= {f"{kind}-of-{size}" for kind in ("preview", "review", "card-waiting", "card-done") for size in SIZES}

    assert {each for each in wanted if not any(name == each or name.startswith(f"{each}-") for name in SCENES)} == set()


def test_every_button_and_every_form_is_in_a_golden():
    drawn = json.dumps([payload(draw()) for draw in SCENES.values()])

    assert {each.value for each in (*Action, *Callback) if f'"{each.value}"' not in drawn} == set()
