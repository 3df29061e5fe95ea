"""The routes of the server's own pages and their JSON."""

import json
from json import JSONDecodeError
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, RedirectResponse, Response, StreamingResponse
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp

from ..faults import Faults
from ..instance import Instance
from ..stock import SOMEBODY_ELSE
from ..tables import STATEMENT_FIELD, STATEMENTS
from .events import Events, request_line
from .records import Records
from .switches import switches, turn

WEB = Path(__file__).parents[2] / "web"
PAGE = WEB / "servicenow.html"


class Control:
    """The handlers. Errors are `{"error": sentence}` with a fitting status."""

    def __init__(self, sn: Instance, faults: Faults) -> None:
        self._sn = sn
        self._faults = faults
        self._records = Records(sn)
        self._events = Events(sn)

    def routes(self) -> list[BaseRoute]:
        """All routes; files only where the page is installed."""
        api = [
            Route("/about", self.about),
            Route("/records", self.find),
            Route("/records/{sys_id}", self.one),
            Route("/records/{sys_id}", self.change, methods=["POST"]),
            Route("/faults", self.faults),
            Route("/faults/{name}", self.switch, methods=["POST"]),
            Route("/settings", self.settings, methods=["POST"]),
            Route("/requests", self.requests),
            Route("/events", self.events),
        ]
        files = [Mount("/sandbox/web", StaticFiles(directory=WEB))] if WEB.is_dir() else []
        return [
            Mount("/sandbox/api", routes=api),
            *files,
            Route("/", self.home),
            Route("/nav_to.do", self.navigate),
            Route("/{table}.do", self.form),
        ]

    async def about(self, _request: Request) -> Response:
        """The instance in a nutshell."""
        users = [{"user_name": user.user_name, "name": user.name} for user in self._sn.users]
        facts = {"table": STATEMENTS, "field": STATEMENT_FIELD, "users": users, "links": self._sn.links}
        return JSONResponse({**facts, **self._standing()})

    def _standing(self) -> dict[str, Any]:
        return {
            "instance": self._sn.instance_name,
            "systems": self._records.systems(),
            "latency": self._sn.latency,
            "audit": self._sn.audit_enabled,
        }

    async def find(self, request: Request) -> Response:
        """Statements by words (`q`) and `system`; `offset` and `limit` page them."""
        params = request.query_params
        offset, limit = _number(params.get("offset"), 0), _number(params.get("limit"), 100)
        return JSONResponse(
            self._records.find(params.get("q", ""), params.get("system", ""), offset=offset, limit=min(limit, 500))
        )

    async def one(self, request: Request) -> Response:
        """One statement with fields, history and audit."""
        return JSONResponse(self._described(request.path_params["sys_id"]))

    def _described(self, sys_id: str) -> dict[str, Any]:
        found = self._records.one(sys_id)
        if found is None:
            raise HTTPException(404, "There is no such record.")
        return found

    async def change(self, request: Request) -> Response:
        """Change a field as somebody else: `value`, and where wanted `field`, `by`, `stamps`."""
        data = await _json_body(request)
        sys_id = request.path_params["sys_id"]
        self._described(sys_id)
        value = data.get("value")
        if not isinstance(value, str):
            raise HTTPException(422, "The new text is missing.")
        field = str(data.get("field") or STATEMENT_FIELD)
        if self._sn.schema.column(STATEMENTS, field) is None:
            raise HTTPException(422, f"There is no field {field}.")
        by = str(data.get("by") or SOMEBODY_ELSE)
        self._sn.edit(STATEMENTS, sys_id, field, value, by=by, stamps=data.get("stamps") is not False)
        return JSONResponse(self._described(sys_id))

    async def faults(self, _request: Request) -> Response:
        """All faults, with what each means and whether it is on."""
        return JSONResponse({"faults": switches(self._faults)})

    async def switch(self, request: Request) -> Response:
        """Switch a fault: `on`, and where wanted `settings`."""
        data = await _json_body(request)
        settings = data.get("settings") or {}
        if not isinstance(data.get("on"), bool) or not isinstance(settings, dict):
            raise HTTPException(422, "Say whether the fault is to be on.")
        try:
            standing = turn(self._faults, request.path_params["name"], data["on"], settings)
        except ValueError as problem:
            raise HTTPException(422, str(problem)) from problem
        self._events.send("fault", standing)
        return JSONResponse(standing)

    async def settings(self, request: Request) -> Response:
        """Set `latency` (seconds for each request, at most 10) and `audit` (on or off)."""
        data = await _json_body(request)
        latency = data.get("latency")
        if isinstance(latency, int | float) and 0 <= latency <= 10:
            self._sn.latency = float(latency)
        if isinstance(data.get("audit"), bool):
            self._sn.audit_enabled = data["audit"]
        self._events.send("settings", {"latency": self._sn.latency, "audit": self._sn.audit_enabled})
        return JSONResponse(self._standing())

    async def requests(self, request: Request) -> Response:
        """The latest API requests, newest first."""
        limit = min(_number(request.query_params.get("limit"), 50), 500)
        latest = self._sn.requests[-limit:] if limit else []
        return JSONResponse({"requests": [request_line(one) for one in reversed(latest)]})

    async def events(self, _request: Request) -> Response:
        """What happens from now on: events `commit`, `request`, `fault` and `settings`."""
        headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
        return StreamingResponse(self._events.stream(), media_type="text/event-stream", headers=headers)

    async def home(self, _request: Request) -> Response:
        """The page, where it is installed."""
        if not PAGE.is_file():
            raise HTTPException(404, "The page is not installed; the API is under /sandbox/api.")
        return FileResponse(PAGE)

    async def navigate(self, request: Request) -> Response:
        """The product's deep link, /nav_to.do?uri=TABLE.do?sys_id=ID."""
        target = urlsplit(request.query_params.get("uri", "").lstrip("/"))
        sys_id = parse_qs(target.query).get("sys_id", [""])[0]
        return _to_page(target.path.removesuffix(".do"), sys_id)

    async def form(self, request: Request) -> Response:
        """The product's other deep link, /TABLE.do?sys_id=ID."""
        return _to_page(request.path_params["table"], request.query_params.get("sys_id", ""))


def _to_page(table: str, sys_id: str) -> Response:
    chosen = {name: value for name, value in {"table": table, "sys_id": sys_id}.items() if value}
    return RedirectResponse("/" + (f"?{urlencode(chosen)}" if chosen else ""), status_code=302)


def _number(text: str | None, default: int) -> int:
    return int(text) if text and text.isdigit() else default


async def _json_body(request: Request) -> dict[str, Any]:
    """The JSON object of a POST. Other sites cannot send one: it needs this content type, and our own origin."""
    origin = request.headers.get("origin")
    if origin and urlsplit(origin).netloc != request.headers.get("host"):
        raise HTTPException(403, "Requests from other sites are not answered.")
    if not request.headers.get("content-type", "").startswith("application/json"):
        raise HTTPException(415, "Send JSON.")
    try:
        data = json.loads(await request.body())
    except JSONDecodeError as unreadable:
        raise HTTPException(400, "This is not JSON.") from unreadable
    if not isinstance(data, dict):
        raise HTTPException(400, "Send a JSON object.")
    return data


async def _problem(_request: Request, problem: Exception) -> Response:
    status, sentence = (
        (problem.status_code, problem.detail) if isinstance(problem, HTTPException) else (500, str(problem))
    )
    return JSONResponse({"error": sentence}, status_code=status)


def pages(sn: Instance, faults: Faults) -> ASGIApp:
    """The application for everything that is not the instance's own API."""
    return Starlette(routes=Control(sn, faults).routes(), exception_handlers={HTTPException: _problem})
