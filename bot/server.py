"""The ASGI application: Slack's deliveries, and whether the process is alive."""

from fastapi import FastAPI, Request, Response
from slack_bolt.adapter.fastapi.async_handler import AsyncSlackRequestHandler
from slack_bolt.async_app import AsyncApp


def make_server(app: AsyncApp) -> FastAPI:
    """The application that `serve` runs."""
    server = FastAPI(title="grcpush", docs_url="/docs", redoc_url=None)
    slack = AsyncSlackRequestHandler(app)

    @server.post("/slack/events", include_in_schema=False)
    async def events(request: Request) -> Response:
        return await slack.handle(request)

    @server.get("/healthz")
    async def healthz() -> dict[str, str]:
        """Says that the process is alive."""
        return {"status": "ok"}

    return server
