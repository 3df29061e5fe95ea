"""Whether what people are told is so: a push that is told was stored, and every drawing in Slack says what the rows say."""

import uuid
from collections import Counter

from bot.views.requests.card import request_message
from core.domain.push import RequestState
from core.usecases.requests.cards import request_card
from sandbox.servicenow import SERVICE_ACCOUNT, STATEMENT_FIELD
from sandbox.slack.blockkit.reading import visible_text
from tests.walks.rows import Asked
from tests.walks.town import Town

_LEFT_OUT = "Left out of this push"


def untold(town: Town) -> list[str]:
    """What was told as pushed, and is not among what ServiceNow stored."""
    stored = {
        (commit.sys_id, commit.changes[STATEMENT_FIELD][1])
        for commit in town.servicenow.log
        if commit.by == SERVICE_ACCOUNT and STATEMENT_FIELD in commit.changes
    }
    return [
        f"{row['sn_sys_id'][:4]} is told as pushed, and was never stored as {row['local_content']!r}"
        for row in town.rows.outcomes()
        if row["outcome"] == "pushed" and (row["sn_sys_id"], row["local_content"]) not in stored
    ]


async def undrawn(town: Town) -> list[str]:
    """The cards, and conflicts in their threads, that do not say what the rows say."""
    rows = town.rows.now()
    faults = [fault for asked in rows.asked.values() for fault in await _faults_of(town, asked)]
    for clash in rows.clashes.values():
        for channel, ts in clash.messages:
            reply = town.slack.posts.find(channel, ts)
            is_out = reply is not None and _LEFT_OUT in reply.words
            if reply is not None and clash.is_open and not is_out and _plain(clash.remote) not in reply.words:
                faults.append(f"the open conflict of {clash.sys_id[:4]} does not show {clash.remote!r}")
    return faults


async def _faults_of(town: Town, asked: Asked) -> list[str]:
    message = town.slack.posts.find(asked.channel, asked.ts)
    if message is None:
        return [f"#{asked.number} has no card"]
    faults = []
    if asked.drawn_version != asked.version:
        faults.append(f"the card of #{asked.number} shows version {asked.drawn_version} of {asked.version}")
    drawn = request_message(await request_card(town.bot.core, uuid.UUID(asked.id)), town.record_url)
    if (message.text, visible_text(message.blocks)) != (drawn.text, visible_text(drawn.blocks)):
        faults.append(f"the card of #{asked.number} says\n{message.words}\nand not\n{drawn.text}")
    results = Counter(row["outcome"] for row in town.rows.outcomes(asked.id))
    if asked.state == RequestState.DONE and set(results) == {"pushed"}:
        words = f"{results['pushed']} pushed"
        faults += [] if words in message.words else [f"the card of #{asked.number} does not say “{words}”"]
    return faults


def _plain(text: str) -> str:
    """The words that tell one text from the others."""
    return text.removeprefix("<p>").removesuffix("</p>").removesuffix(".")
