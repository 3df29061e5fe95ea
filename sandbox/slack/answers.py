"""What the bot answers: through a response URL, or in its acknowledgement of a command or submission."""

from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response

from sandbox.slack.arguments import Arguments, read_arguments
from sandbox.slack.content import read_content
from sandbox.slack.definitions import checked_definition
from sandbox.slack.deliveries.sender import Sender
from sandbox.slack.delivery import Delivery
from sandbox.slack.messages import Message
from sandbox.slack.posting import Posting
from sandbox.slack.refusal import Refusal
from sandbox.slack.team import Team
from sandbox.slack.tickets import ResponseUrl
from sandbox.slack.views import View


class Answers:
    """Takes answers and makes messages and views of them."""

    def __init__(self, workspace: Team, sender: Sender, posting: Posting) -> None:
        self._workspace = workspace
        self._sender = sender
        self._posting = posting

    async def by_response_url(self, request: Request) -> Response:
        """A POST to a response URL."""
        ws = self._workspace
        try:
            args = await read_arguments(request)
            self._apply(ws.tickets.spend_response_url(request.path_params["secret"]), args)
        except Refusal as refusal:
            ws.feed.publish("refused", method="response_url", reason=refusal.error)
            ws.refused_answers.append((dict(request.path_params), refusal.error))
            return JSONResponse(refusal.body(), refusal.status if refusal.status != 200 else 400)
        return PlainTextResponse("ok")

    def by_command_ack(self, delivery: Delivery) -> None:
        """Show what the acknowledgement of a command says, if anything."""
        body = {"text": delivery.body} if isinstance(delivery.body, str) else delivery.body
        if not body or not any(body.get(part) for part in ("text", "blocks", "attachments")):
            return
        payload = delivery.payload
        ticket = self._workspace.tickets.new_response_url(payload["user_id"], payload["channel_id"])
        try:
            self._apply(ticket, Arguments(body))
        except Refusal as refusal:
            self._sender.failed(delivery, refusal.error)

    def by_submission_ack(self, view: View, delivery: Delivery) -> None:
        """Do with the modal what the acknowledgement says: close it, or errors, update, push, clear.

        What Slack could not carry out is shown to the person as a failure, and the modal stays.
        """
        ws = self._workspace
        body = delivery.body if isinstance(delivery.body, dict) else {}
        try:
            _obey(ws, view, body)
        except Refusal as refusal:
            self._sender.failed(delivery, refusal.error)
        ws.feed.publish("views", to=view.user, view_id=view.id)

    def _apply(self, ticket: ResponseUrl, args: Arguments) -> None:
        ws = self._workspace
        source = ticket.source
        if args.flag("delete_original") and source is not None:
            _refuse_gone(source)
            self._posting.remove(source)
            return
        content = read_content(args, has_budget=False)
        replaces = args.flag("replace_original", default=ws.answers_replace_by_default)
        if source is not None and replaces:
            _refuse_gone(source)
            if content.attachments is not None:
                source.attachments = content.attachments
            self._posting.redraw(source, content.text or "", content.blocks or [])
            return
        is_shared = args.text("response_type") == "in_channel"
        self._posting.by_bot(
            ws.directory.channels[ticket.channel],
            content,
            ephemeral_to=None if is_shared else ticket.user,
            thread_ts=args.text("thread_ts") or ticket.thread_ts,
            via_response_url=True,
        )


def _obey(ws: Team, view: View, body: dict[str, Any]) -> None:
    action = body.get("response_action")
    if action is None:
        ws.modals.close(view)
    elif action == "clear":
        ws.modals.clear(view.user)
    elif action == "errors":
        view.errors = _checked_errors(view, body.get("errors"))
    elif action == "update":
        ws.modals.update(view, checked_definition(body.get("view"), "modal"), None)
    elif action == "push":
        ws.modals.push(view.user, checked_definition(body.get("view"), "modal"))
    else:
        raise Refusal("invalid_response_action")


def _refuse_gone(source: Message) -> None:
    if source.is_deleted:
        raise Refusal("message_not_found", status=404)


def _checked_errors(view: View, errors: Any) -> dict[str, str]:
    """The errors when each stands at an input block of the view, where alone Slack can show them."""
    inputs = {block["block_id"] for block in view.blocks if block["type"] == "input"}
    if not isinstance(errors, dict) or not errors or not set(errors) <= inputs:
        raise Refusal("invalid_errors")
    return {block_id: str(text) for block_id, text in errors.items()}
