"""What people read when something is not done: why, what to do next, and a reference where it is our fault."""

import uuid

from bot.actions import Action, ButtonValue, Callback
from bot.views.parts.blocks import Element, Message, Submission, View, actions, button, context, message, modal, section
from bot.views.parts.markup import Mrkdwn, in_own_zone, marked, together
from core.errors import GrcError, RemoteError

_READ_ONLY = Submission(Callback.READ_ONLY)
_NO_ID = uuid.UUID(int=0)
_UNSAID = "That could not be done."
_TOO_LATE = "Slack did not let the window open in time. Nothing was done."
_BUG = "Something broke on our side."
_BUG_NEXT = "Look at the card to see what was done before you try again, and give the reference to the operator."


def problem_message(error: GrcError) -> Message:
    """A foreseen error, told to the one person who met it."""
    return message(together([error.sentence or _UNSAID, error.next_step], " "), section(_told(error)))


def problem_modal(error: GrcError) -> View:
    """The same in a modal that was open already."""
    title = "ServiceNow did not do it" if isinstance(error, RemoteError) else "This was not done"
    return modal(title, _READ_ONLY, section(_told(error)))


def reopening_message(again: Element | None) -> Message:
    """That a window did not open, and the button that opens it; without one the person has to begin as before."""
    text = f"{_TOO_LATE} {'Press “Open again”.' if again else 'Do it again.'}"
    return message(text, section(text), actions(again))


def retyping_button(text: str) -> Element:
    """Does what was typed after the command, for a second time; it is about no thing of its own."""
    return reopening_button(Action.OPEN_AGAIN, ButtonValue(_NO_ID, word=text))


def choosing_button() -> Element:
    """Opens the choice among everybody's statements, as the shortcut does."""
    return reopening_button(Action.CHOOSE_ANY, ButtonValue(_NO_ID))


def reopening_button(action: Action, value: ButtonValue) -> Element:
    """Does what the person wanted to do, for a second time."""
    return button("Open again", action, value, spoken="Open again the window that did not open", style="primary")


def bug_message(reference: str) -> Message:
    """An error nobody foresaw; the log holds it under the reference."""
    return message(marked("{} {} Reference: {}.", _BUG, _BUG_NEXT, reference), *_bug_blocks(reference))


def bug_modal(reference: str) -> View:
    """The same in a modal that was open already."""
    return modal("Something broke", _READ_ONLY, *_bug_blocks(reference))


def _bug_blocks(reference: str) -> list[dict[str, object]]:
    return [section(marked("*{}*\n{}", _BUG, _BUG_NEXT)), context(marked("Reference {}", reference))]


def _told(error: GrcError) -> Mrkdwn:
    return together([marked("*{}*", in_own_zone(error.sentence or _UNSAID)), in_own_zone(error.next_step)], "\n")
