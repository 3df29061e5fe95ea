"""Who may do what: a refusal says why, and only the person who clicked sees it."""

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from bot.actions import Action
from bot.app import Bot
from core.config import Settings
from core.domain.push import RequestState
from sandbox.data import Sample
from sandbox.slack import Workspace
from sandbox.slack.blockkit.reading import Placed
from tests.stage import ADMIN, APPROVER, CHANNEL, EDITOR, FAST, REQUESTER, SECOND, Stage, served_bot, slack_settings


class TestApproving:
    @pytest.mark.pitfall("M3")
    @pytest.mark.parametrize(
        ("who", "why"),
        [
            (REQUESTER, "You asked for push request #1"),
            (EDITOR, "You wrote part of what would be pushed"),
        ],
    )
    async def test_who_asked_or_wrote_is_refused_and_only_that_person_sees_it(
        self, stage: Stage, who: str, why: str
    ) -> None:
        card = await stage.request(3)
        shown = card.words

        await stage.click(who, card, Action.APPROVE)
        told = await stage.slack.wait_ephemeral(who, why)

        assert "somebody else has to approve it" in told.words
        others = {APPROVER, SECOND, ADMIN, REQUESTER, EDITOR} - {who}
        assert all(stage.slack.ephemerals(other) == [] for other in others)
        assert stage.slack.messages(CHANNEL) == [card]
        assert card.words == shown
        assert stage.written() == []

    @pytest.mark.pitfall("M1", "P22")
    async def test_an_edit_after_the_request_supersedes_it_and_the_card_says_so(self, stage: Stage) -> None:
        card = await stage.request(3)
        approve = stage.button(card, Action.APPROVE)
        line = (await stage.card_of(card)).lines[0]

        await stage.save(line.statement_id, "<p>Quite another text.</p>")
        await stage.until(card, "Superseded")
        await stage.click_again(APPROVER, card, approve)

        await stage.slack.wait_ephemeral(APPROVER, "nothing to approve")
        assert "edited an included statement" in card.words
        assert not stage.shows(card, Action.APPROVE)
        assert stage.written() == []

    @pytest.mark.pitfall("M1")
    async def test_an_approval_of_older_content_is_refused(self, stage: Stage) -> None:
        card = await stage.request(3, with_conflicts=True)
        replies = await stage.until_conflicts(card, 2)
        for reply in replies:
            await stage.click(REQUESTER, reply, Action.KEEP_LOCAL)
            await stage.until(reply, "Kept local")
        await stage.until(card, "Waiting for approval")
        old = stage.button(card, Action.APPROVE)
        await stage.click(REQUESTER, replies[0], Action.UNDO_CHOICE)
        await stage.until(replies[0], "Keep ServiceNow")
        await stage.click(REQUESTER, replies[0], Action.KEEP_REMOTE)
        await stage.until(replies[0], "Kept ServiceNow")

        await stage.click_again(APPROVER, card, old)

        await stage.slack.wait_ephemeral(APPROVER, "changed after this card was drawn")
        assert stage.written() == []
        assert (await stage.card_of(card)).state is RequestState.WAITING


class TestOutsiders:
    @pytest.mark.pitfall("P23")
    @pytest.mark.parametrize("who", ["U0GUEST", "U0OTHER", "U0GONE"])
    async def test_guests_strangers_and_deactivated_people_are_refused_everywhere(self, stage: Stage, who: str) -> None:
        card = await stage.request(2)
        stage.slack.person(REQUESTER)

        delivery = await stage.slack.person(who).command("/grcpush", channel=CHANNEL)
        await stage.slack.wait_ephemeral(who, "cannot use grcpush")
        await stage.click(who, card, Action.APPROVE)
        await stage.slack.wait_for(lambda: len(stage.slack.ephemerals(who)) == 2)

        assert delivery.ok
        assert all("cannot use grcpush" in told.words for told in stage.slack.ephemerals(who))
        assert (await stage.card_of(card)).state is RequestState.WAITING

    @pytest.mark.pitfall("P23")
    async def test_somebody_who_is_deactivated_after_a_first_click_is_refused_at_the_next(
        self, bot_settings: Settings, slack: Workspace, sample: Sample, servicenow: object
    ) -> None:
        async with served_bot(bot_settings, slack, pace=replace(FAST, user_seconds=0)):
            ada = slack.person(APPROVER)
            await ada.command("/grcpush", "help", channel=CHANNEL)
            await slack.wait_ephemeral(APPROVER, "One push request")
            slack.directory.users[APPROVER].deleted = True

            await ada.command("/grcpush", "help", channel=CHANNEL)

            await slack.wait_ephemeral(APPROVER, "cannot use grcpush")


class TestGroups:
    @pytest.fixture
    async def bot(self, bot_settings: Settings, slack: Workspace, sample: Sample) -> AsyncIterator[Bot]:
        """A bot that counts on what Slack said of a group for no time at all."""
        async with served_bot(bot_settings, slack, pace=replace(FAST, group_seconds=0)) as bot:
            yield bot

    async def test_a_member_of_the_group_may_approve(self, stage: Stage) -> None:
        card = await stage.request(2)

        await stage.click(SECOND, card, Action.APPROVE)

        await stage.until(card, "2 pushed")

    @pytest.mark.pitfall("M5")
    async def test_who_was_taken_out_of_the_group_may_not_approve_any_more(self, stage: Stage) -> None:
        card = await stage.request(2)
        await stage.slack.person(SECOND).command("/grcpush", "help", channel=CHANNEL)
        await stage.slack.wait_ephemeral(SECOND, "One push request")
        stage.slack.directory.groups["S0APPROVE"].users.remove(SECOND)

        await stage.click(SECOND, card, Action.APPROVE)

        await stage.slack.wait_ephemeral(SECOND, "approver")
        assert (await stage.card_of(card)).state is RequestState.WAITING
        assert stage.written() == []

    @pytest.mark.pitfall("M5")
    async def test_when_slack_does_not_tell_the_members_nobody_is_one(self, stage: Stage) -> None:
        card = await stage.request(2)
        stage.slack.faults.error("usergroups.users.list", "internal_error", times=None)

        await stage.click(APPROVER, card, Action.APPROVE)

        told = await stage.slack.wait_ephemeral(APPROVER, "does not tell grcpush who you are")
        assert "internal_error" in told.words
        assert stage.written() == []


class TestNamedPeople:
    @pytest.fixture
    def bot_settings(self, settings: Settings, slack: Workspace) -> Settings:
        return slack_settings(settings, slack, approvers=(SECOND,))

    @pytest.mark.pitfall("M5")
    async def test_a_role_given_to_a_slack_user_id_is_that_persons_alone(self, stage: Stage) -> None:
        card = await stage.request(2)

        await stage.click(APPROVER, card, Action.APPROVE)
        await stage.slack.wait_ephemeral(APPROVER, "approver")
        await stage.click(SECOND, card, Action.APPROVE)

        await stage.until(card, "2 pushed")


class TestTheRest:
    async def test_only_the_requester_or_an_admin_calls_a_request_off(self, stage: Stage) -> None:
        card = await stage.request(2)

        await stage.click(APPROVER, card, Action.CANCEL_PUSH)
        await stage.slack.wait_ephemeral(APPROVER, "Only the person who asked")
        await stage.click(ADMIN, card, Action.CANCEL_PUSH)

        await stage.until(card, "Cancelled by Alex Admin")

    async def test_who_has_no_part_in_a_conflict_may_not_settle_it(self, stage: Stage) -> None:
        card = await stage.request(3, with_conflicts=True)
        (reply, _) = await stage.until_conflicts(card, 2)

        await stage.click(APPROVER, reply, Action.KEEP_REMOTE)

        await stage.slack.wait_ephemeral(APPROVER, "may settle this conflict")
        assert stage.shows(reply, Action.KEEP_LOCAL)

    @pytest.mark.pitfall("M5")
    async def test_who_may_not_request_gets_a_list_but_no_preview(self, stage: Stage) -> None:
        await stage.edit(2)
        ada = stage.slack.person(APPROVER)
        await ada.command("/grcpush", "AC-2", channel=CHANNEL)
        listing = await stage.slack.wait_ephemeral(APPROVER, "Tick what to push")

        await ada.click(listing, Action.PREVIEW_PUSH)

        told = await stage.slack.wait_view(APPROVER, "requester")
        assert not stage.shows(told, Action.LINE_MENU)

    async def test_a_list_belongs_to_who_asked_for_it(self, stage: Stage) -> None:
        await stage.edit(2)
        await stage.slack.person(REQUESTER).command("/grcpush", channel=CHANNEL)
        listing = await stage.slack.wait_ephemeral(REQUESTER, "Tick what to push")
        select_all = stage.button(listing, Action.SELECT_ALL)

        await stage.click_again(EDITOR, listing, select_all)

        await stage.slack.wait_ephemeral(EDITOR, "not yours")


class TestApprovingInChatSwitchedOff:
    @pytest.fixture
    def bot_settings(self, settings: Settings, slack: Workspace) -> Settings:
        return slack_settings(settings, slack, approval_in_chat=False)

    @pytest.mark.pitfall("M6")
    async def test_there_is_no_button_and_a_click_made_all_the_same_is_refused(self, stage: Stage) -> None:
        card = await stage.request(2)
        review = stage.button(card, Action.REVIEW)
        approve = Placed(review.block, {**review.element, "action_id": Action.APPROVE.value})

        await stage.click_again(APPROVER, card, approve)

        await stage.slack.wait_ephemeral(APPROVER, "in Slack")
        assert not stage.shows(card, Action.APPROVE)
        assert (await stage.card_of(card)).state is RequestState.WAITING
