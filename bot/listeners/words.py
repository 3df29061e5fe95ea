"""Understanding what people type after `/grcpush`."""

import difflib
import html
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from core.errors import UsageError
from core.text.display import shortened

_DAYS = re.compile(r"(?<!\S)(\d{1,4}) ?d(ays?)?(?!\S)", re.IGNORECASE)
_RECORD = re.compile(r"[0-9a-fA-F-]{32,36}")
_MENTION = re.compile(r"<@([UW][A-Z0-9]+)(?:\|[^>]*)?>")
_ADDRESS = re.compile(r"[^\s@,;]+@[^\s@,;]+\.[^\s@,;]+")
_TOKEN = re.compile(r"<([^<>|]+)(?:\|([^<>]*))?>")
_CONTROL = re.compile(r"[A-Za-z]{2,3}-\d+(\(\d+\))*([.a-z]\w*)?")
_LEAST_OF_A_NAME = 3
_SURELY_MEANT = 0.75


class Word(StrEnum):
    """The words that may follow `/grcpush`."""

    LIST = "list"
    MINE = "mine"
    CONFLICTS = "conflicts"
    STATUS = "status"
    RETRY = "retry"
    CANCEL = "cancel"
    DIGEST = "digest"
    EDIT = "edit"
    HISTORY = "history"
    PAUSE = "pause"
    RESUME = "resume"
    SETTINGS = "settings"
    EXPORT = "export"
    DOCTOR = "doctor"
    HELP = "help"


_ABOUT_ONE = {
    Word.EDIT: ("the name of a statement", "SYSTEM/CONTROL"),
    Word.RETRY: ("the number of a push request", "42"),
    Word.CANCEL: ("the number of a push request", "42"),
}
ABOUT_PUSH = frozenset({Word.STATUS, Word.RETRY, Word.CANCEL})
LISTING = frozenset({Word.LIST, Word.MINE, Word.CONFLICTS})


@dataclass(frozen=True)
class Command:
    """What somebody typed, taken apart.

    `controls` and `names` narrow a list: control numbers, and whatever else may be a family or a system; `rest` is what
    follows the word as it was typed.
    """

    word: Word
    controls: tuple[str, ...] = field(default=())
    names: tuple[str, ...] = ()
    rest: str = ""


@dataclass(frozen=True)
class Narrowed:
    """A list that was asked for, with every name understood."""

    system: str = ""
    controls: tuple[str, ...] = ()


@dataclass(frozen=True)
class Past:
    """Which history was asked for: what a person did, or the push requests; of the asker, with a system's statements.

    Either may be limited to the last days. A person is named by a mention or by an e-mail address.
    """

    is_mine: bool = False
    days: int | None = None
    system: str = ""
    slack_user_id: str = ""
    email: str = ""

    @property
    def is_about_person(self) -> bool:
        """Whether it is about what somebody did."""
        return bool(self.slack_user_id or self.email)

    @property
    def in_words(self) -> str:
        """As it stands in a sentence; empty for all of them."""
        period = in_period(self.days)
        named = f"with statements of {self.system}" if self.system else ""
        return ", ".join(part for part in ("by you" if self.is_mine else "", named, period) if part)


def in_period(days: int | None) -> str:
    """The last so many days as they stand in a sentence; empty for all time."""
    if days is None:
        return ""
    return "in the last day" if days == 1 else f"in the last {days} days"


def parse(text: str) -> Command:
    """The command in the text after `/grcpush`. Raises UsageError for a word that needs something else beside it."""
    text = _typed(text)
    words = text.split()
    if not words:
        return Command(Word.LIST)
    try:
        word = Word(words[0].lower())
    except ValueError:
        return _listing(Word.LIST, text)
    rest = text.strip()[len(words[0]) :].strip()
    if word in LISTING:
        return _listing(word, rest)
    if word in _ABOUT_ONE and not rest:
        what, example = _ABOUT_ONE[word]
        raise UsageError(f"{word} needs {what}.", next_step=f"Try /grcpush {word} {example}.")
    return Command(word, rest=rest)


def narrowed(command: Command, systems: Sequence[str], families: Sequence[str]) -> Narrowed:
    """What the names in a command mean, among those there are. Raises UsageError that names the nearest word."""
    controls, system, left = list(command.controls), "", []
    for name in command.names:
        if name.upper() in families:
            controls.append(name.upper())
        else:
            left.append(name)
    if left:
        system = _system(" ".join(left), systems)
    return Narrowed(system, tuple(controls))


def is_about_statement(rest: str) -> bool:
    """Whether what follows `history` names one statement, by its control or its record, and not pushes."""
    name = rest.rpartition("/")[2].strip(' "“”')
    return bool(_CONTROL.fullmatch(name) or _RECORD.fullmatch(name)) or "/" in rest


def past(rest: str, systems: Sequence[str]) -> Past:
    """What follows `history`, understood. Raises UsageError that names the nearest word or system."""
    period = _DAYS.search(rest)
    days = int(period[1]) if period else None
    rest = rest[: period.start()] + rest[period.end() :] if period else rest
    if person := _MENTION.fullmatch(rest.strip()):
        return Past(days=days, slack_user_id=person[1])
    if address := _ADDRESS.fullmatch(rest.strip()):
        return Past(days=days, email=address[0])
    if rest.strip().startswith("@"):
        raise UsageError(
            "Slack did not say who that is.", next_step="Choose from the names Slack offers, or type an address."
        )
    left = rest.replace(",", " ").split()
    names = [name for name in left if name.lower() != Word.MINE]
    system = _system(" ".join(names).strip('"“”'), systems) if names else ""
    return Past(len(names) < len(left), days, system)


def _typed(text: str) -> str:
    """What somebody typed, from what Slack made of it: a mention of a person stays, links and channels are words again."""

    def plain(token: re.Match[str]) -> str:
        if _MENTION.fullmatch(token[0]):
            return token[0]
        label = token[2] or token[1].removeprefix("mailto:")
        return f"#{label}" if token[1].startswith("#") else label

    return html.unescape(_TOKEN.sub(plain, text))


def _listing(word: Word, text: str) -> Command:
    """The controls in the text, and what may be the names of families or of a system.

    A statement is also known as SYSTEM/CONTROL.
    """
    controls, names = [], []
    for part in text.replace(",", " ").replace('"', " ").replace("“", " ").replace("”", " ").split():
        before, slash, after = part.rpartition("/")
        if _CONTROL.fullmatch(after):
            controls.append(after.upper())
            names += [before] if slash and before else []
        else:
            names.append(part)
    return Command(word, tuple(controls), tuple(names))


def _system(typed: str, systems: Sequence[str]) -> str:
    """The system that is called so, or is the only one whose name holds this."""
    near = typed.casefold()
    for name in systems:
        if name.casefold() == near:
            return name
    holding = [name for name in systems if near in name.casefold()]
    if len(holding) == 1 and len(typed) >= _LEAST_OF_A_NAME:
        return holding[0]
    raise UsageError(f"/grcpush does not know “{shortened(typed, 60)}”.", next_step=_hint(typed, systems, holding))


def _hint(typed: str, systems: Sequence[str], holding: Sequence[str]) -> str:
    """The nearest word or system; several systems that hold what was typed are named."""
    known = {word.value: word.value for word in Word} | {name.casefold(): name for name in systems}
    first, *rest = typed.casefold().split()
    # What follows a word, such as a reason, resembles nothing and must not hide which word was meant.
    near = difflib.get_close_matches(first, [*Word], n=1, cutoff=_SURELY_MEANT) if rest else []
    near = near or difflib.get_close_matches(typed.casefold(), list(known), n=1)
    if holding:
        return f"Which one: {', '.join(holding[:5])}?"
    if near:
        return f"Did you mean /grcpush {known[near[0]]}?"
    return "Try /grcpush, /grcpush AC-2 AC-3, /grcpush AC, the name of a system, or /grcpush help."
