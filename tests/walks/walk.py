"""One walk: what people do in Slack and in ServiceNow, what Slack does, and what happens to the process."""

from bot.actions import Action, Callback
from core.domain.push import OPEN_STATES
from sandbox.servicenow import STATEMENT_FIELD, STATEMENTS
from sandbox.slack.blockkit.reading import elements
from tests.stage import ADMIN, APPROVER, EDITOR, REQUESTER, SECOND
from tests.walks.book import OUTSIDERS
from tests.walks.hands import AGES, PEOPLE, Hands, find, one_of
from tests.walks.telling import undrawn, untold

# Three times in four somebody who can do something.
_ANYBODY = (APPROVER, SECOND, ADMIN, REQUESTER, EDITOR, APPROVER, SECOND, *sorted(OUTSIDERS))
_WRITERS = (EDITOR, REQUESTER, SECOND, EDITOR, APPROVER, "U0GUEST")
_ASKERS = (REQUESTER, REQUESTER, REQUESTER, SECOND, EDITOR)
_HOURS = (1, 1, 5, 13, 25)
# Of what makes news: two statements of ours, one of them edited over there too.
_DISPUTED = (37, 9)


class Walk(Hands):
    """A walk through one town. Each deed takes numbers, and makes of them what there is to choose from just then."""

    # Asking for a push ------------------------------------------------------------------------------------------

    async def nothing(self, _n: int, _m: int) -> None:
        """What the simplest of all walks is made of."""

    async def ask_for_news(self, n: int, m: int) -> None:
        """Some statements are edited, some of them over there too, and a push is asked for: seldom while one is open."""
        if n % 5 and any(asked.state in OPEN_STATES for asked in self.book.rows.asked.values()):
            return
        mine, theirs = n % 7 + 1, m % 8 if m % 3 == 0 else 0
        for which in range(3):
            if mine >> which & 1:
                await self.edit(0, which)
            if theirs >> which & 1:
                await self.edit_in_servicenow(1, which)
        await self.ask(n, mine.bit_length())

    async def edit(self, n: int, m: int) -> None:
        who = one_of(_WRITERS, n)
        await self.command(who, f"edit Payroll/AC-{m % 3 + 1}")
        view = self.modal(who)
        if view is not None and view.callback_id == Callback.EDIT:
            await self.send(who, view, 0)

    async def ask(self, n: int, m: int) -> None:
        """The list, the preview, and mostly the request."""
        who = one_of(_ASKERS, n)
        await self.command(who, " ".join(f"AC-{number + 1}" for number in range(m % 4 or 3)))
        told = self.town.slack.ephemerals(who)
        if told and (preview := find(told[-1], Action.PREVIEW_PUSH, 0)):
            await self.press(who, told[-1], preview, 0)
        view = self.modal(who)
        if n % 4 and view is not None and view.callback_id == Callback.PREVIEW:
            await self.send(who, view, 0)

    # Deciding ---------------------------------------------------------------------------------------------------

    async def approve(self, n: int, m: int) -> None:
        """Once or several times at the same moment, on the newest drawing or an older one."""
        await self.press_on_card(one_of(_ANYBODY, n), Action.APPROVE, m, times=one_of((1, 1, 1, 2, 3), m))

    async def approve_in_turn(self, _n: int, m: int) -> None:
        for who in (APPROVER, SECOND):
            await self.press_on_card(who, Action.APPROVE, m)

    async def approve_together(self, n: int, m: int) -> None:
        message, other = self.card(0), one_of(_ANYBODY, n)
        if message is not None and (button := find(message, Action.APPROVE, one_of(AGES, m))):
            newest = find(message, Action.APPROVE, 0) or button
            pressed = ((APPROVER, newest), (other if other != APPROVER else SECOND, button))
            await self.do(*(self.act(who, message, placed, 0) for who, placed in pressed))

    async def review(self, n: int, m: int) -> None:
        """Read it, and mostly decide: approve, approve only, ask for changes, decline."""
        who = one_of(_ANYBODY, n)
        await self.press_on_card(who, Action.REVIEW, 0)
        view = self.modal(who)
        if m % 5 and view is not None and view.callback_id == Callback.VERDICT:
            await self.send(who, view, m)

    async def take_back(self, n: int, m: int) -> None:
        """Press what stands where somebody declined or only approved."""
        for action in (Action.WITHDRAW_DECLINE, Action.PUSH_NOW):
            await self.press_on_card(one_of(_ANYBODY, n), action, m)

    async def click_card(self, n: int, m: int) -> None:
        await self.press_any(one_of(_ANYBODY, n), self.card(m // 7), m)

    async def click_card_together(self, n: int, m: int) -> None:
        """Two people click something on one card at the same moment."""
        one, other, message = one_of(_ANYBODY, n), one_of(_ANYBODY, m), self.card(0)
        there = list(elements(message.blocks)) if message is not None else []
        if there and message is not None and one != other:
            pressed = ((one, one_of(there, n // 7), n), (other, one_of(there, m // 7), m))
            await self.do(*(self.act(who, message, placed, which) for who, placed, which in pressed))

    async def go_on_in_modal(self, n: int, m: int) -> None:
        """Whoever has a modal open sends it, presses something in it, or closes it."""
        looking = [who for who in PEOPLE if self.modal(who) is not None]
        view = self.modal(one_of(looking, n)) if looking else None
        if view is None:
            return
        inside = [placed for placed in elements(view.blocks) if placed.block["type"] == "actions"]
        if "submit" in view.definition and m % 3:
            await self.send(view.user, view, m)
        elif inside and m % 2:
            await self.press(view.user, view, one_of(inside, m), m)
        else:
            await self.person(view.user).close(view)

    # Conflicts --------------------------------------------------------------------------------------------------

    async def edit_in_servicenow(self, n: int, m: int) -> None:
        """Somebody saves a new text over there, or what was there long ago."""
        text = f"<p>Theirs {next(self.numbers)}.</p>" if n % 5 else "<p>What it was long ago.</p>"
        self.town.servicenow.edit(STATEMENTS, one_of(self.town.ids, m), STATEMENT_FIELD, text)
        await self.go_on()

    async def pull(self, _n: int, _m: int) -> None:
        await self.town.pull()
        await self.go_on()

    async def settle(self, n: int, m: int) -> None:
        """Press a button under a conflict: as a rule one of those who may."""
        replies = [each for each in self.town.replies() if any(elements(each.blocks))]
        if replies:
            who = one_of((REQUESTER, EDITOR, REQUESTER, *_ANYBODY), n)
            await self.press_any(who, replies[-1 - n // 13 % len(replies)], m)

    async def settle_first(self, n: int, m: int) -> None:
        """The requester settles what is open, one after the other, with the first or second button."""
        for reply in self.town.replies():
            there = [placed for placed in elements(reply.blocks) if placed.action_id.startswith("grc.keep_")]
            if there:
                await self.press(REQUESTER, reply, one_of(there[:2], n + m), 0)

    async def settle_anew(self, n: int, m: int) -> None:
        """A choice is taken back, a text is written anew, and the choice made again: who looks at the old card?"""
        await self.ask_for_news(*_DISPUTED)
        await self.settle_first(0, 0)
        for reply in self.town.replies():
            if undo := next((each for each in elements(reply.blocks) if each.action_id == Action.UNDO_CHOICE), None):
                await self.press(REQUESTER, reply, undo, 0)
                await self.edit(0, n % 2)
        await self.settle_first(0, m % 3 // 2)
        await self.press_on_card(one_of((APPROVER, SECOND), n), Action.APPROVE, 4 + 8 * n)

    async def leave_out(self, n: int, m: int) -> None:
        """A conflict is left out of its push, and settled all the same: under another one, or by a button drawn before."""
        await self.ask_for_news(*_DISPUTED)
        for reply in self.town.replies():
            if out := next((each for each in elements(reply.blocks) if each.action_id == Action.LEAVE_OUT), None):
                await self.press(REQUESTER, reply, out, 0)
                self.counts["left out"] += 1
                if m % 2:
                    await self.ask(1, 1)
                if seen := find(reply, Action.KEEP_LOCAL, n % 2):
                    await self.press(REQUESTER, reply, seen, 0)

    async def settle_unseen(self, n: int, m: int) -> None:
        """ServiceNow's text changes once more, and somebody settles what they saw before."""
        await self.ask_for_news(*_DISPUTED)
        await self.edit_in_servicenow(1, 0)
        await self.pull(0, 0)
        for reply in self.town.replies():
            if seen := find(reply, Action.KEEP_LOCAL, 1 + m % 2):
                await self.press(one_of((REQUESTER, EDITOR), n), reply, seen, 0)

    # Slack and the clock ----------------------------------------------------------------------------------------

    async def deliver_again(self, n: int, m: int) -> None:
        """The very same thing once more, also as the retry that Slack marks so."""
        kinds = ("interactive", "slash_commands")
        past = [delivery for delivery in self.town.slack.deliveries[-15:] if delivery.kind in kinds and delivery.user]
        if past:
            delivery, retry = one_of(past, n), m % 4
            self.counts["delivered again"] += 1
            reason = "http_timeout" if retry else None
            await self.do(self.town.slack.sender.attempt(delivery.kind, delivery.payload, delivery.user, retry, reason))

    async def change_group(self, n: int, _m: int) -> None:
        """An approver leaves the group, or is back."""
        self.town.set_approver(one_of((APPROVER, SECOND), n))
        self.counts["group changed"] += 1

    async def let_time_pass(self, n: int, m: int) -> None:
        """Whether or not the work by the clock comes to it before the next click."""
        self.town.clock.forward(hours=one_of(_HOURS, n))
        self.counts["time passed"] += 1
        if m % 2:
            await self.town.clock_work()
            await self.go_on()

    # The process ------------------------------------------------------------------------------------------------

    async def restart(self, _n: int, _m: int) -> None:
        await self.town.restart()
        self.counts["restarts"] += 1
        await self.go_on()

    async def kill(self, n: int, m: int) -> None:
        """In the middle of a write, if the approvers let one begin."""
        self.town.hold_writes()
        await self.approve_in_turn(n, m)
        if self.town.waiting:
            await self.town.kill()
            self.counts["kills"] += 1
        self.town.let_writes_go()
        await self.go_on()

    async def hold_writes(self, _n: int, _m: int) -> None:
        """ServiceNow gets slow."""
        self.town.hold_writes()

    async def let_writes_go(self, _n: int, _m: int) -> None:
        self.counts["held"] += self.town.waiting
        self.town.let_writes_go()
        await self.go_on()

    async def pause(self, n: int, m: int) -> None:
        await self.command(one_of((ADMIN, ADMIN, APPROVER, "U0OTHER"), n), "pause" if m % 3 == 0 else "resume")

    async def begin_late(self, n: int, m: int) -> None:
        """A push is approved while nothing may be written, and much happens before it may begin."""
        await self.command(ADMIN, "pause")
        await self.ask_for_news(n, 1)
        await self.approve_in_turn(n, 0)
        await (self.change_group(n, m) if m % 2 else self.let_time_pass(4 * (m % 3), m))
        await self.command(ADMIN, "resume")

    async def fail_next_write(self, n: int, _m: int) -> None:
        """It fails before or after it is carried out."""
        self.town.servicenow.faults.on(26, method="PATCH", times=1, status=500, when="before" if n % 2 else "after")

    async def end(self) -> None:
        """Everything that was held goes on; then nothing was told that is not so, and Slack says what the rows say."""
        self.town.let_writes_go()
        self.town.servicenow.faults.clear()
        await self.go_on()
        untrue = [*untold(self.town), *await undrawn(self.town)]
        assert not untrue, "\n".join(untrue)
