"""Whether this process is alive, ready and what it counts: for whoever runs it."""

import asyncio
import datetime as dt
import logging
from dataclasses import dataclass

from fastapi import APIRouter, FastAPI, Request, Response
from prometheus_client import CONTENT_TYPE_LATEST
from pydantic import BaseModel

from bot.slack.traffic import SlackTraffic
from bot.web.metrics import Metrics
from core.engine.durable import Engine
from core.usecases.operations.measuring import is_database_reachable
from core.wiring import Core

log = logging.getLogger(__name__)

_DATABASE_SECONDS = 3.0

router = APIRouter(tags=["operations"])


class Alive(BaseModel):
    """The process answers."""

    status: str = "ok"


class Part(BaseModel):
    """One thing the process needs. `last_seen_at` is when it last answered us."""

    is_ok: bool
    detail: str
    last_seen_at: dt.datetime | None = None


class ProcessReadiness(BaseModel):
    """Whether work can be sent here. ServiceNow is told of, and does not count: without it everything else still works."""

    is_ready: bool
    database: Part
    engine: Part
    slack: Part
    servicenow: Part


@dataclass(frozen=True)
class Health:
    """What health is read from."""

    core: Core
    engine: Engine
    traffic: SlackTraffic
    metrics: Metrics

    async def readiness(self) -> ProcessReadiness:
        """How each part stands now."""
        database, engine, slack = await self._database(), self._engine(), await self._slack()
        pacing = self.core.servicenow.pacing
        wait = round(pacing.waiting_seconds)
        told = f"asked us to wait {wait} s" if wait else "never answered" if pacing.last_seen_at is None else "answers"
        return ProcessReadiness(
            is_ready=database.is_ok and engine.is_ok and slack.is_ok,
            database=database,
            engine=engine,
            slack=slack,
            servicenow=Part(is_ok=told == "answers", detail=told, last_seen_at=pacing.last_seen_at),
        )

    async def _database(self) -> Part:
        try:
            async with asyncio.timeout(_DATABASE_SECONDS):
                await is_database_reachable(self.core)
        except Exception as error:  # noqa: BLE001 -- whatever the driver raises, the database is not there
            log.warning("health.database error=%s", type(error).__name__)
            return Part(is_ok=False, detail="does not answer")
        return Part(is_ok=True, detail="answers")

    def _engine(self) -> Part:
        if not self.engine.is_running:
            return Part(is_ok=False, detail="is stopped")
        if not self.engine.may_write():
            return Part(is_ok=False, detail="was taken over by another process")
        return Part(is_ok=True, detail="runs")

    async def _slack(self) -> Part:
        seen = self.traffic.last_answer_at
        if self.traffic.trouble:
            return Part(is_ok=False, detail=f"refuses our token ({self.traffic.trouble})", last_seen_at=seen)
        if trouble := await self.traffic.socket_trouble():
            return Part(is_ok=False, detail=trouble, last_seen_at=seen)
        return Part(is_ok=True, detail="answers", last_seen_at=seen)


def install_health(server: FastAPI, health: Health) -> None:
    """Serve /healthz, /readyz and /metrics."""
    server.state.health = health
    server.include_router(router)


@router.get("/healthz")
async def healthz() -> Alive:
    """Says that the process is alive; looks at nothing else, so that a restart is only asked for when it can help."""
    return Alive()


@router.get("/readyz", responses={503: {"model": ProcessReadiness, "description": "Not ready."}})
async def readyz(request: Request, response: Response) -> ProcessReadiness:
    """Says whether work can be sent here, and how each part stands."""
    health: Health = request.app.state.health
    readiness = await health.readiness()
    response.status_code = 200 if readiness.is_ready else 503
    return readiness


@router.get("/metrics", response_class=Response, responses={200: {"content": {"text/plain": {}}}})
async def metrics(request: Request) -> Response:
    """Numbers in Prometheus' text format."""
    health: Health = request.app.state.health
    return Response(await health.metrics.page(health.core), media_type=CONTENT_TYPE_LATEST)
