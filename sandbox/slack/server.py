"""The ASGI application of the workspace: Web API, response URLs, uploads, Socket Mode, and the browser page."""

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route, WebSocketRoute

from sandbox.slack.acting import Acting
from sandbox.slack.api.endpoint import WebApi
from sandbox.slack.page.routes import page_routes
from sandbox.slack.service import Service
from sandbox.slack.spoiling import answered_with
from sandbox.slack.team import Team

RESPONSE_URL_KINDS = ("commands", "actions", "app")
"""The first part of the path of a response URL, by what it answers."""


def build_app(workspace: Service, acting: Acting) -> Starlette:
    """The application; serve it on a loopback port."""

    async def upload(request: Request) -> Response:
        return await answered_with(workspace.faults.take("upload", {}), lambda: _take_bytes(workspace, request))

    async def download(request: Request) -> Response:
        """A file, for holders of the bot's token."""
        stored = workspace.files.find(request.path_params["file_id"])
        if request.headers.get("authorization") != f"Bearer {workspace.bot_token}":
            return PlainTextResponse("forbidden", 403)
        if stored is None or stored.content is None:
            return PlainTextResponse("not found", 404)
        return Response(stored.content, media_type="application/octet-stream")

    api = WebApi(workspace)

    async def call(request: Request) -> Response:
        return await api(request)

    async def answer(request: Request) -> Response:
        fault = workspace.faults.take("response_url", {})
        return await answered_with(fault, lambda: workspace.answers.by_response_url(request))

    return Starlette(
        routes=[
            Route("/api/{method}", call, methods=["GET", "POST"]),
            *[Route(f"/{kind}/{{team}}/{{secret}}", answer, methods=["POST"]) for kind in RESPONSE_URL_KINDS],
            Route("/upload/v1/{secret}", upload, methods=["POST"]),
            Route("/files-pri/{file_id}/{rest:path}", download),
            WebSocketRoute("/link/{ticket}", workspace.sockets.serve),
            *page_routes(workspace, acting),
        ]
    )


async def _take_bytes(workspace: Team, request: Request) -> Response:
    """The bytes of an announced file, bare or in a form."""
    stored = workspace.files.find_by_secret(request.path_params["secret"])
    if stored is None or stored.content is not None:
        return PlainTextResponse("no such upload", 404)
    if request.headers.get("content-type", "").startswith("multipart/form-data"):
        form = await request.form()
        parts = [part for part in form.values() if not isinstance(part, str)]
        content = await parts[0].read() if parts else b""
    else:
        content = await request.body()
    if len(content) != stored.length:
        return PlainTextResponse(f"announced {stored.length} bytes, got {len(content)}", 400)
    stored.content = content
    return PlainTextResponse(f"OK - {stored.length}")
