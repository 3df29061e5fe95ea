"""The way of a Web API call: read, faults, token, scope, rate limit, done, recorded, answered."""

from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from sandbox.slack.api.methods import METHODS, Method
from sandbox.slack.arguments import Arguments, read_arguments
from sandbox.slack.calls import Call
from sandbox.slack.refusal import Refusal
from sandbox.slack.service import Service
from sandbox.slack.spoiling import answered_with, refusal_of


class WebApi:
    """Answers `POST /api/<method>`."""

    def __init__(self, workspace: Service) -> None:
        self._workspace = workspace

    async def __call__(self, request: Request) -> Response:
        """One call, from the request to its answer."""
        ws = self._workspace
        ws.learn_url(request)
        name = request.path_params["method"]
        call = Call(name, {}, ws.clock.now())
        ws.calls.append(call)
        try:
            args = await read_arguments(request)
        except Refusal as unreadable:
            return self._answer(call, unreadable.body(), unreadable.status, unreadable.headers)
        call.args = {key: value for key, value in _readable(args).items() if key != "token"}
        fault = ws.faults.take(name, call.args)
        if fault is not None and fault.kind == "error" and not fault.after_doing:
            spoilt = refusal_of(fault)
            return self._answer(call, spoilt.body(), spoilt.status, spoilt.headers)

        async def done() -> Response:
            try:
                return self._answer(call, self._done(request, name, args), 200, {})
            except Refusal as refusal:
                return self._answer(call, refusal.body(), refusal.status, refusal.headers)

        answer = await answered_with(fault, done)
        if not call.is_answered:
            call.status = answer.status_code
            ws.feed.changed()
        return answer

    def _done(self, request: Request, name: str, args: Arguments) -> dict[str, Any]:
        ws = self._workspace
        method = METHODS.get(name)
        if method is None:
            raise Refusal("unknown_method", req_method=name)
        _check_token(ws, request, args, method)
        if method.scope is not None and method.token != "app":
            ws.need_scope(method.scope)
        ws.limits.count_call(name, method.tier)
        return {"ok": True, **method.handler(ws, args)}

    def _answer(self, call: Call, body: dict[str, Any], status: int, headers: dict[str, str]) -> Response:
        ws = self._workspace
        call.response, call.status, call.is_answered = body, status, True
        if body["ok"]:
            ws.feed.changed()
        else:
            ws.feed.publish("refused", method=call.method, reason=body["error"], details=_details(body))
        scopes = ",".join(sorted(ws.scopes))
        return JSONResponse(body, status, {"X-OAuth-Scopes": scopes, "X-Slack-Req-Id": f"{id(call):x}", **headers})


def _check_token(ws: Service, request: Request, args: Arguments, method: Method) -> None:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer":
        token = args.text("token") or ""
    if method.token == "any" and not token:
        return
    if not token:
        raise Refusal("not_authed")
    if token not in (ws.bot_token, ws.app_token):
        raise Refusal("invalid_auth")
    if ws.token_problem is not None:
        raise Refusal(ws.token_problem)
    if method.token != "any" and (token == ws.app_token) != (method.token == "app"):
        raise Refusal("not_allowed_token_type")


def _readable(args: Arguments) -> dict[str, Any]:
    """The arguments with JSON texts parsed, as a test wants to look at them."""
    parsed = dict(args.values)
    for name in ("blocks", "attachments", "metadata", "view", "files"):
        if isinstance(parsed.get(name), str):
            try:
                parsed[name] = args.structure(name)
            except Refusal:
                continue
    return parsed


def _details(body: dict[str, Any]) -> list[str] | None:
    details: list[str] | None = body.get("response_metadata", {}).get("messages")
    return details
