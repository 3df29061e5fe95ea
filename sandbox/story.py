"""One whole push, played through the real bot by the people of the sandbox, and told as it goes.

Every step waits for what a person would see, and the end is checked against what the two stand-ins recorded.
"""

import functools
from collections.abc import Awaitable, Callable

from sandbox.servicenow import SERVICE_ACCOUNT, STATEMENT_FIELD, STATEMENTS
from sandbox.slack import Message, NothingCame, NotOnShow, View
from sandbox.together import Sandbox
from sandbox.transcript import readable

EDITOR, REQUESTER, APPROVER = "U0EDITOR", "U0REQUEST", "U0APPROVE"
CHANNEL = "C0GRC"


class StoryBroken(Exception):
    """Something is not as it must be; the sentence says what."""


class Story:
    """Plays the push; `tell` is given one paragraph after the other."""

    def __init__(self, sandbox: Sandbox, tell: Callable[[str, str], None]) -> None:
        """`tell(who, words)` shows what somebody does or sees."""
        self._sandbox = sandbox
        self._slack = sandbox.slack
        self._tell = tell
        self._names = {user_id: user.real_name for user_id, user in sandbox.slack.directory.users.items()}

    async def play(self, edit: Callable[[str, str], Awaitable[str]]) -> None:
        """The whole story. `edit(name, html)` saves a local edit and gives back what was said. Raises StoryBroken."""
        try:
            await self._play(edit)
        except (NothingCame, NotOnShow) as missing:
            raise StoryBroken(f"What should have been shown was not: {missing}") from missing

    async def _play(self, edit: Callable[[str, str], Awaitable[str]]) -> None:
        self._made = await self._edit_locally(edit)
        self._sandbox.sample.apply_remote_edits(self._sandbox.servicenow)
        self._tell("Jane Roe", "Meanwhile she changes four of the same statements in ServiceNow itself.")
        view = await self._select()
        card = await self._ask(view)
        await self._settle(card)
        await self._approve(card)
        self._check()

    async def _edit_locally(self, edit: Callable[[str, str], Awaitable[str]]) -> dict[str, str]:
        made = {}
        for change in self._sandbox.sample.local_edits:
            said = await edit(f"{change.system}/{change.control}", change.html)
            made[change.sys_id] = change.html
            self._tell("Erin Editor", said)
        return made

    async def _select(self) -> View:
        requester = self._slack.person(REQUESTER)
        self._tell("Ravi Requester", "/grcpush")
        await requester.command("/grcpush", "", channel=CHANNEL)
        listing = await self._slack.wait_ephemeral(REQUESTER, "changed")
        self._see(listing)
        await requester.click(listing, "grc.choose_statements")
        chooser = await self._slack.wait_view(REQUESTER, callback_id="grc.select")
        await requester.click(chooser, "grc.select_all")
        chooser = await self._slack.wait_view(REQUESTER, f"{len(self._made)} chosen", callback_id="grc.select")
        self._tell("Ravi Requester", "He selects all that are not in conflict, and asks for the preview.")
        await requester.submit(chooser)
        return await self._slack.wait_view(REQUESTER, callback_id="grc.preview")

    async def _ask(self, preview: View) -> Message:
        requester = self._slack.person(REQUESTER)
        self._see(preview)
        await requester.submit(preview, {"reason": "Quarterly review"})
        card = await self._slack.wait_message("Push request", channel=CHANNEL)
        self._see(card)
        return card

    async def _settle(self, card: Message) -> None:
        """The conflicts in the thread: ServiceNow's text is kept for the first, the local one for the others."""
        requester = self._slack.person(REQUESTER)
        expected = len(self._sandbox.sample.remote_edits)
        await self._slack.wait_for(lambda: len(self._conflicts(card)) == expected)
        for number, reply in enumerate(self._conflicts(card)):
            self._see(reply)
            kept = "Keep ServiceNow" if number == 0 else "Keep local"
            self._tell("Ravi Requester", f"He clicks “{kept}”.")
            await requester.click(reply, "grc.keep_remote" if number == 0 else "grc.keep_local")
            await self._slack.wait_for(functools.partial(self._offers_undo, reply))
        await self._slack.wait_for(lambda: "Waiting for approval" in self._now(card).words)
        self._see(self._now(card))

    async def _approve(self, card: Message) -> None:
        self._tell("Ravi Requester", "He tries to approve his own push.")
        await self._slack.person(REQUESTER).click(self._now(card), "grc.approve")
        self._see(await self._slack.wait_ephemeral(REQUESTER, "somebody else"))
        self._tell("Ada Approver", "She reviews the card and clicks “Approve”.")
        await self._slack.person(APPROVER).click(self._now(card), "grc.approve")
        await self._slack.wait_for(lambda: "Done" in self._now(card).words)
        self._see_progress(card)
        self._see(self._now(card))

    def _offers_undo(self, reply: Message) -> bool:
        return "Undo" in self._now(reply).words

    def _conflicts(self, card: Message) -> list[Message]:
        replies = self._slack.thread(CHANNEL, card.ts)
        return [
            reply
            for reply in replies
            if (reply.ts != card.ts and "grc.keep_local" in str(reply.blocks)) or "Undo" in reply.words
        ]

    def _now(self, message: Message) -> Message:
        thread = self._slack.thread(CHANNEL, message.thread_ts or message.ts)
        return next(candidate for candidate in thread if candidate.ts == message.ts)

    def _see(self, what: Message | View) -> None:
        """Tell what is shown, without the fallback text that only notifications and screen readers use."""
        words = what.words
        if isinstance(what, Message) and what.blocks:
            words = words.removeprefix(what.text).strip()
        self._tell("grcpush", readable(words, self._names))

    def _see_progress(self, card: Message) -> None:
        """Tell each step the card showed while the push ran."""
        steps = [readable(text, self._names) for text, _blocks in self._now(card).drawings]
        for step in dict.fromkeys(step for step in steps if "pushing" in step.lower()):
            self._tell("grcpush, in the same message", step)

    def _check(self) -> None:
        """Hold what ServiceNow recorded against what was agreed."""
        servicenow, sample = self._sandbox.servicenow, self._sandbox.sample
        conflicts = {change.sys_id for change in sample.remote_edits}
        writes = servicenow.writes(by=SERVICE_ACCOUNT)
        written = [write.sys_id for write in writes]
        if len(written) != len(set(written)):
            raise StoryBroken("A statement was written twice.")
        kept_remote = [sys_id for sys_id in conflicts if sys_id not in written]
        if len(kept_remote) != 1:
            raise StoryBroken(f"{len(kept_remote)} conflicts kept ServiceNow's text, not one.")
        if set(written) | set(kept_remote) != set(self._made):
            raise StoryBroken("Not every approved statement was written, or one too many was.")
        if any(
            len(write.changes.keys() - {"sys_mod_count", "sys_updated_on", "sys_updated_by"}) != 1 for write in writes
        ):
            raise StoryBroken("A write changed more than the statement.")
        stored = servicenow.get(STATEMENTS, kept_remote[0])[STATEMENT_FIELD]
        theirs = next(change.html for change in sample.remote_edits if change.sys_id == kept_remote[0])
        if stored != theirs:
            raise StoryBroken("A text that was to be kept in ServiceNow was changed.")
        refused = self._slack.calls.refused()
        if refused:
            raise StoryBroken(f"Slack refused a call: {refused[0].method} {refused[0].error}.")
