"""The look at ServiceNow before any work: once an hour, and whenever somebody asks for it."""

import asyncio
import datetime as dt
import logging

from core.clock import Clock
from core.config import Settings
from core.errors import RemoteError, RemoteForbidden, RemoteRefusedRequest, RemoteSignInFailed
from core.servicenow.account_checks import check_account, check_write_access, instance_name
from core.servicenow.audit import Audit
from core.servicenow.connection import Answer
from core.servicenow.dictionary import Dictionary
from core.servicenow.pacing import http_date
from core.servicenow.queries import Scope
from core.servicenow.reading import Listing, Reading
from core.servicenow.records import FieldMap
from core.servicenow.remarks import Grade, Preflight, Remark, fail, ok, warn
from core.servicenow.table_checks import (
    Field,
    Target,
    check_audit,
    check_columns,
    check_field,
    check_sample,
    check_table,
    configured_kind,
    unknown_field,
)
from core.text.content import TextKind

log = logging.getLogger(__name__)

GOOD_FOR = dt.timedelta(hours=1)
_SAMPLE_ROWS = 5
_CLOCKS_MAY_DIFFER_SECONDS = 60


class Preflights:
    """Looks, and remembers a look that found nothing wrong for an hour."""

    def __init__(self, reading: Reading, audit: Audit, settings: Settings, clock: Clock, *, host: str) -> None:
        """Look at what the settings name."""
        self._reading = reading
        self._audit = audit
        self._settings = settings
        self._clock = clock
        self._host = host
        shape = FieldMap.from_settings(settings)
        self._target = Target(shape, Scope.parse(settings.servicenow_query), settings.servicenow_field_kind)
        self._lock = asyncio.Lock()
        self._last: tuple[dt.datetime, Preflight] | None = None

    async def latest(self) -> Preflight:
        """The last look if it was good and is not an hour old, else a new one; several askers share it."""
        async with self._lock:
            if self._last is None or not self._is_good(*self._last):
                return await self._look_again()
            return self._last[1]

    async def again(self) -> Preflight:
        """A new look."""
        async with self._lock:
            return await self._look_again()

    def _is_good(self, made_at: dt.datetime, preflight: Preflight) -> bool:
        return not preflight.has_failed and dt.timedelta(0) <= self._clock.now() - made_at < GOOD_FOR

    async def _look_again(self) -> Preflight:
        preflight = await self._look()
        self._last = (self._clock.now(), preflight)
        log.info(
            "servicenow.preflight ok=%s warn=%s fail=%s",
            *(sum(remark.grade is grade for remark in preflight.remarks) for grade in Grade),
        )
        return preflight

    async def _look(self) -> Preflight:
        try:
            return await self._whole(*await self._sample())
        except (RemoteForbidden, RemoteRefusedRequest) as error:
            return self._unable(error, await self._explained())
        except RemoteError as error:
            return self._unable(error, [])

    async def _sample(self) -> tuple[Listing, Answer]:
        """A few records, read before anything else: with wrong credentials there are then few failures."""
        params = {
            "sysparm_query": self._target.scope.narrowed(),
            "sysparm_fields": ",".join(self._target.sample_columns),
            "sysparm_limit": str(_SAMPLE_ROWS),
        }
        return await self._reading.rows_and_answer(self._target.shape.table, params)

    async def _whole(self, sample: Listing, answer: Answer) -> Preflight:
        dictionary = Dictionary(self._reading)
        account, (field, described), columns, name = await asyncio.gather(
            check_account(self._reading, self._settings),
            self._described(dictionary),
            check_columns(dictionary, self._target, sample),
            instance_name(self._reading),
        )
        access, (is_audited, audit) = await asyncio.gather(
            check_write_access(self._reading, account, self._target.shape.table),
            check_audit(dictionary, self._audit, self._target, sample, field),
        )
        remarks = (
            ok("sign-in", f"ServiceNow accepts the credentials ({self._settings.servicenow_auth.value})."),
            self._instance(name),
            *account.remarks,
            *self._clocks(answer),
            *described,
            *field.remarks,
            check_sample(self._target, sample),
            *columns,
            access,
            audit,
        )
        return Preflight(
            remarks,
            field_kind=field.kind,
            instance_name=name or self._host,
            max_length=field.max_length,
            audit=is_audited,
            user_name=account.user_name,
            is_utc_proved=account.is_utc_proved,
        )

    async def _described(self, dictionary: Dictionary) -> tuple[Field, list[Remark]]:
        """What the dictionary says of table and field."""
        try:
            table = await check_table(dictionary, self._target)
            if table.grade is Grade.FAIL:
                return Field(configured_kind(self._target) or TextKind.HTML, None, ()), [table]
            return await check_field(dictionary, self._target), [table]
        except RemoteForbidden:
            return unknown_field(self._target), []

    async def _explained(self) -> list[Remark]:
        """What the dictionary knows against a table whose records ServiceNow will not show."""
        try:
            table = await check_table(Dictionary(self._reading), self._target)
        except RemoteError:
            return []
        return [table] if table.grade is Grade.FAIL else []

    def _instance(self, name: str | None) -> Remark:
        if name is None:
            return ok("instance", f"The instance is known by its address, {self._host}.")
        return ok("instance", f"The instance is {name}, at {self._host}.")

    def _clocks(self, answer: Answer) -> list[Remark]:
        theirs = http_date(answer.headers.get("date"))
        if theirs is None or abs((self._clock.now() - theirs).total_seconds()) <= _CLOCKS_MAY_DIFFER_SECONDS:
            return []
        return [
            warn(
                "clock",
                f"ServiceNow's clock and this machine's differ by {abs((self._clock.now() - theirs).total_seconds()):.0f} s.",
                "Synchronise this machine's clock (NTP).",
            )
        ]

    def _unable(self, error: RemoteError, explained: list[Remark]) -> Preflight:
        subjects: dict[type[RemoteError], str] = {
            RemoteSignInFailed: "sign-in",
            RemoteRefusedRequest: "table",
            RemoteForbidden: "records",
        }
        subject = subjects.get(type(error), "connection")
        return Preflight(
            (*explained, fail(subject, error.sentence, error.next_step)),
            field_kind=configured_kind(self._target) or TextKind.HTML,
            instance_name=self._host,
            is_retryable=error.retryable,
        )
