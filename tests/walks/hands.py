"""How people do things in Slack: they find a card or a modal, press, type and send; what comes of it goes into the book."""

import itertools
from collections import Counter
from collections.abc import Awaitable, Sequence
from typing import TypeVar

from bot.actions import Action
from sandbox.slack import Delivery, Message, NotOnShow, Person, View
from sandbox.slack.blockkit.reading import Placed, elements
from tests.stage import ADMIN, APPROVER, CHANNEL, EDITOR, REQUESTER, SECOND
from tests.walks.book import OUTSIDERS, Book
from tests.walks.choosing import chosen, filled
from tests.walks.deeds import Deed, deed_of, was_taken
from tests.walks.town import Town

Given = TypeVar("Given")

PEOPLE = (APPROVER, SECOND, REQUESTER, EDITOR, ADMIN, *sorted(OUTSIDERS))
# How many drawings ago somebody looked.
AGES = (0, 0, 0, 0, 1, 1, 2, 5)


class Hands:
    """What one walk does things with."""

    def __init__(self, town: Town, counts: Counter[str]) -> None:
        self.town = town
        self.counts = counts
        self.book = Book(town.required, town.rows.now(), counts)
        self.numbers = itertools.count(1)

    def person(self, who: str) -> Person:
        return self.town.slack.person(who)

    def card(self, nth: int) -> Message | None:
        """A card, counted from the newest; the newest three times in four."""
        cards = self.town.cards()
        return cards[-1 - one_of((0, 0, 0, 1), nth) % len(cards)] if cards else None

    def modal(self, who: str) -> View | None:
        try:
            return self.person(who).modal()
        except NotOnShow:
            return None

    async def command(self, who: str, words: str) -> None:
        await self.do(self.person(who).command("/grcpush", words, channel=CHANNEL))

    async def press_on_card(self, who: str, action: Action, which: int, *, times: int = 1) -> None:
        message = self.card(which)
        placed = find(message, action, one_of(AGES, which)) if message is not None else None
        if message is not None and placed is not None:
            self.counts["clicked an old drawing"] += placed.element not in [
                each.element for each in elements(message.blocks)
            ]
            self.counts["clicked twice"] += times > 1
            await self.do(*(self.act(who, message, placed, 0) for _ in range(times)))

    async def press_any(self, who: str, message: Message | None, which: int) -> None:
        if message is None:
            return
        _, blocks = message.drawings[max(0, len(message.drawings) - 1 - one_of(AGES, which // 3))]
        there = list(elements(blocks))
        if there:
            self.counts["clicked an old drawing"] += blocks is not message.blocks
            await self.press(who, message, one_of(there, which), which)

    async def press(self, who: str, where: Message | View, placed: Placed, which: int) -> None:
        await self.do(self.act(who, where, placed, which))

    async def act(self, who: str, where: Message | View, placed: Placed, which: int) -> Delivery | None:
        choice = chosen(placed.element, which)
        if choice is None:
            return None
        return await self.town.slack.acting.act(who, where, placed, choice)

    async def send(self, who: str, view: View, which: int) -> None:
        await self.person(who).fill(view, filled(view, which, f"Ours {next(self.numbers)}."))

        async def submit() -> Delivery | None:
            return (await self.town.slack.acting.submit(who, view)).delivery

        await self.do(submit())

    async def do(self, *doings: Awaitable[Delivery | None]) -> None:
        """What people do at the same moment, and what came of it, into the book."""
        heard = Counter({who: len(self.town.slack.ephemerals(who)) for who in PEOPLE})
        at, entitled = self.town.clock.now(), self.town.entitled()
        deliveries = await self.town.together(*doings)
        refusals = Counter({who: len(self.town.slack.ephemerals(who)) - heard[who] for who in PEOPLE})
        deeds = []
        for delivery in deliveries:
            deed = deed_of(delivery)
            if deed is None:
                continue
            asked = self.book.rows.asked.get(deed.about)
            self.counts["decided on old content"] += bool(asked and deed.digest and asked.digest != deed.digest)
            if delivery.payload["type"] == "view_submission":
                is_taken = was_taken(delivery)
            else:
                is_taken = refusals[deed.who] <= 0
                refusals[deed.who] -= 1
            if is_taken:
                deeds.append(deed)
                self.book.accepted(deed, at=at, entitled=entitled)
                if deed.kind == "retry":
                    self.book.retried(deed.about)
            else:
                self.counts["refused"] += 1
        self.look([delivery.user for delivery in deliveries if delivery.user], deeds)

    async def go_on(self) -> None:
        await self.town.rest()
        self.look([], [])

    def look(self, actors: Sequence[str], deeds: Sequence[Deed]) -> None:
        self.book.look(self.town.rows.now(), list(dict.fromkeys(actors)), deeds)
        while self.town.writes:
            self.book.judge(self.town.writes.pop(0))
        wrong = [*self.book.faults, *self.town.mistakes]
        assert not wrong, "\n".join(wrong)


def find(message: Message, action: Action, old: int) -> Placed | None:
    """The button as it was drawn last, or as it was when it carried something else: so many others ago."""
    drawn = {
        placed.element.get("value"): placed
        for _, blocks in message.drawings
        for placed in elements(blocks)
        if placed.action_id == action
    }
    carried = list(drawn.values())
    return carried[-1 - min(old, len(carried) - 1)] if carried else None


def one_of(choices: Sequence[Given], number: int) -> Given:
    """One of them, whatever the number."""
    return choices[number % len(choices)]
