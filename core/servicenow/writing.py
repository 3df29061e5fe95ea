"""Writing: one field of one record, on the lane's own connection."""

import logging
from typing import Any

from core.domain.statement import RemoteVersion
from core.errors import GrcError, RemoteMalformed
from core.servicenow import queries
from core.servicenow.answers import UnreadableOutcome, result_of_write, write_failed
from core.servicenow.connection import Call, Connection, NoAnswer
from core.servicenow.gateway import Gateway, table_path
from core.servicenow.records import FieldMap

log = logging.getLogger(__name__)

_PATCH_NOT_LET_THROUGH = (405, 501)


class Writing:
    """The write lanes."""

    def __init__(self, gateway: Gateway, shape: FieldMap, *, lanes: int) -> None:
        """A connection for each lane, opened when it is first used."""
        self._gateway = gateway
        self._shape = shape
        self._lanes = [gateway.connections.make() for _ in range(lanes)]
        self._must_post = False
        self._params = {
            "sysparm_fields": ",".join(shape.columns),
            "sysparm_display_value": "false",
            "sysparm_exclude_reference_link": "true",
        }

    async def aclose(self) -> None:
        """Close all lanes."""
        for connection in self._lanes:
            await connection.aclose()

    async def write(self, lane: int, sys_id: str, text: str, *, send_within: float) -> tuple[RemoteVersion, str]:
        """What ServiceNow says is stored after the write, and the record's class. See `ServiceNow.write`."""
        call = Call.patch(
            table_path(self._shape.table, queries.sys_id(sys_id)), self._params, {self._shape.field: text}
        )
        try:
            result = await self._send(self._lanes[lane], call, send_within)
            version = self._stored(result, sys_id)
        except GrcError as error:
            log.warning("servicenow.write sys_id=%s lane=%s outcome=%s", sys_id, lane, error.code)
            raise
        log.info(
            "servicenow.write sys_id=%s lane=%s outcome=answered mod_count=%s", sys_id, lane, version.stamp.mod_count
        )
        return version, str(result.get("sys_class_name") or "")

    async def _send(self, connection: Connection, call: Call, send_within: float) -> dict[str, Any]:
        async with connection.lock:
            try:
                answer = await self._gateway.send(
                    connection, call.by_post() if self._must_post else call, patience=send_within
                )
                if answer.status in _PATCH_NOT_LET_THROUGH and answer.document is None and not self._must_post:
                    # Not ServiceNow but something before it refused the method. A POST to a record's address creates
                    # nothing even where the header that makes it a PATCH is lost: ServiceNow refuses it.
                    self._must_post = True
                    answer = await self._gateway.send(connection, call.by_post(), patience=send_within)
            except NoAnswer as failure:
                raise write_failed(failure) from failure
        return result_of_write(answer, pause=self._gateway.pacing.asked_pause(answer))

    def _stored(self, result: dict[str, Any], sys_id: str) -> RemoteVersion:
        if result.get("sys_id") != sys_id:
            raise UnreadableOutcome("ServiceNow answered the write with another record than the one that was written.")
        try:
            return self._shape.version(result)
        except RemoteMalformed as error:
            raise UnreadableOutcome(error.sentence, next_step=error.next_step) from error
