"""A small bot for the page to talk to: a list, a form of two views, a Home, and ways to go wrong."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import Any

from slack_bolt.adapter.asgi.async_handler import AsyncSlackRequestHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from sandbox.serving import running
from sandbox.slack import Workspace

SYSTEMS = ("Payroll", "Portal", "Warehouse")


def plain(text: str) -> dict[str, Any]:
    """A plain_text object."""
    return {"type": "plain_text", "text": text}


def option(text: str, value: str) -> dict[str, Any]:
    """An option."""
    return {"text": plain(text), "value": value}


def button(text: str, action_id: str, **more: Any) -> dict[str, Any]:
    """A button."""
    return {"type": "button", "action_id": action_id, "text": plain(text), "value": action_id, **more}


def field(label: str, element: dict[str, Any], **more: Any) -> dict[str, Any]:
    """An input block named after its element."""
    return {"type": "input", "block_id": element["action_id"], "label": plain(label), "element": element, **more}


def listing(chosen: int) -> list[dict[str, Any]]:
    """The list of statements."""
    boxes = {"type": "checkboxes", "action_id": "pick", "options": [option("AC-2", "1"), option("AC-3", "2")]}
    return [
        {"type": "header", "block_id": "head", "text": plain(f"{chosen} chosen")},
        {"type": "actions", "block_id": "list", "elements": [boxes]},
        {"type": "actions", "block_id": "do", "elements": [button("Preview push", "preview", style="primary")]},
    ]


def form(page: int = 1) -> dict[str, Any]:
    """The first view; `page` is drawn into it."""
    return {
        "type": "modal",
        "callback_id": "form",
        "title": plain("Preview"),
        "submit": plain("Go on"),
        "close": plain("Leave"),
        "blocks": [
            {"type": "section", "block_id": f"page-{page}", "text": plain(f"Page {page}")},
            field("Reason", {"type": "plain_text_input", "action_id": "reason"}),
            field("System", {"type": "external_select", "action_id": "system", "min_query_length": 1}, optional=True),
            {"type": "actions", "block_id": "pager", "elements": [button("Next page", "next")]},
        ],
    }


SECOND = {
    "type": "modal",
    "callback_id": "second",
    "title": plain("Sure?"),
    "submit": plain("Ask for approval"),
    "blocks": [{"type": "section", "block_id": "sure", "text": plain("Nothing is written before the approval.")}],
}

CARD = [
    {"type": "header", "text": plain("Push request #1: 2 statements")},
    {
        "type": "actions",
        "elements": [
            button(
                "Approve",
                "approve",
                style="primary",
                confirm={
                    "title": plain("Approve?"),
                    "text": plain("Two statements"),
                    "confirm": plain("Yes"),
                    "deny": plain("No"),
                },
            )
        ],
    },
]


@contextlib.asynccontextmanager
async def serve_bot(workspace: Workspace) -> AsyncIterator[AsyncApp]:
    """The bot, served and known to the workspace until the block ends."""
    workspace.commands = [
        {"command": "/grcpush", "description": "Push edited statements", "usage_hint": "[list | status 42 | help]"}
    ]
    workspace.shortcuts = [{"type": "global", "callback_id": "open", "name": "Choose statements"}]
    workspace.ack_timeout = 1.0
    client = AsyncWebClient(workspace.bot_token, base_url=f"{workspace.url}/api/")
    app = AsyncApp(client=client, signing_secret=workspace.signing_secret)
    _commands(app)
    _forms(app)
    async with running(AsyncSlackRequestHandler(app)) as url:
        workspace.deliver_to(url)
        yield app


def _commands(app: AsyncApp) -> None:
    @app.command("/grcpush")
    async def command(ack: Any, respond: Any, command: dict[str, Any], client: AsyncWebClient) -> None:
        if command["text"] == "silence":
            await asyncio.sleep(1.2)
        await ack()
        if command["text"] == "refused":
            with contextlib.suppress(SlackApiError):
                await client.chat_postMessage(channel="C0GENERAL", text="not a member")
            return
        await respond(text="Statements", blocks=listing(0))

    @app.action("pick")
    async def pick(ack: Any, respond: Any, action: dict[str, Any]) -> None:
        await ack()
        await respond(text="Statements", blocks=listing(len(action["selected_options"])), replace_original=True)

    @app.action("approve")
    async def approve(ack: Any, body: dict[str, Any], client: AsyncWebClient) -> None:
        await ack()
        words = f"Push request #1: Done, approved by <@{body['user']['id']}>"
        done = [{"type": "section", "text": {"type": "mrkdwn", "text": words}}]
        where = {"channel": body["channel"]["id"], "ts": body["message"]["ts"]}
        await client.chat_update(**where, text=words, blocks=done)

    @app.event("message")
    async def heard() -> None:
        """Nothing is done with what people say."""

    @app.event("app_home_opened")
    async def home(event: dict[str, Any], client: AsyncWebClient) -> None:
        blocks = [{"type": "header", "text": plain("Waiting for me")}]
        await client.views_publish(user_id=event["user"], view={"type": "home", "blocks": blocks})


def _forms(app: AsyncApp) -> None:
    @app.action("preview")
    async def preview(ack: Any, body: dict[str, Any], client: AsyncWebClient) -> None:
        await ack()
        await client.views_open(trigger_id=body["trigger_id"], view=form())

    @app.shortcut("open")
    async def shortcut(ack: Any, body: dict[str, Any], client: AsyncWebClient) -> None:
        await ack()
        await client.views_open(trigger_id=body["trigger_id"], view=form())

    @app.action("next")
    async def next_page(ack: Any, body: dict[str, Any], client: AsyncWebClient) -> None:
        await ack()
        page = int(body["view"]["blocks"][0]["block_id"].removeprefix("page-")) + 1
        where = {"view_id": body["view"]["id"], "hash": body["view"]["hash"]}
        await client.views_update(**where, view=form(page))
        with contextlib.suppress(SlackApiError):  # the hash is an old one now, as it is when two clicks cross
            await client.views_update(**where, view=form(page))

    @app.options("system")
    async def systems(ack: Any, payload: dict[str, Any]) -> None:
        await ack(options=[option(name, name) for name in SYSTEMS if payload["value"].lower() in name.lower()])

    @app.view("form")
    async def submitted(ack: Any, view: dict[str, Any]) -> None:
        if len(view["state"]["values"]["reason"]["reason"]["value"]) < 10:
            await ack(response_action="errors", errors={"reason": "Ten characters at least."})
        else:
            await ack(response_action="push", view=SECOND)

    @app.view("second")
    async def confirmed(ack: Any, client: AsyncWebClient) -> None:
        await ack(response_action="clear")
        await client.chat_postMessage(channel="C0GRC", text="Push request #1", blocks=CARD)
