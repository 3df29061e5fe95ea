"""The evidence about one push as a CSV file: a row for each decision and each attempt to write, in their order."""

import json
from collections.abc import Iterator

from bot.views.parts.csv_lines import csv_line
from core.domain.audit import AuditKind, AuditRecord, instant
from core.domain.origin import place_words
from core.models.evidence import Evidence, ShownText, WriteEvidence

COLUMNS = (
    "push_request",
    "sequence",
    "at",
    "event",
    "who",
    "email",
    "via",
    "where",
    "statement",
    "sn_sys_id",
    "attempt",
    "content_digest",
    "says",
    "text_before",
    "text_pushed",
    "text_stored",
    "sha256_before",
    "sha256_pushed",
    "sha256_stored",
    "outcome",
    "verification",
    "event_hash",
)
_SAID = ("comment", "reason", "note", "detail", "failure")


def evidence_csv(evidence: Evidence) -> str:
    """All of it; every number of an event is one in the audit trail."""
    return "".join(_lines(evidence))


def _lines(evidence: Evidence) -> Iterator[str]:
    yield csv_line(COLUMNS)
    writes = {str(write.statement_id): write for write in evidence.writes}
    for record in evidence.events:
        cells = _cells(evidence, record, writes.get(record.entity_id))
        yield csv_line([cells.get(column, "") for column in COLUMNS])


def _cells(evidence: Evidence, record: AuditRecord, write: WriteEvidence | None) -> dict[str, object]:
    details = json.loads(record.details)
    cells: dict[str, object] = {
        "push_request": evidence.number,
        "sequence": record.sequence,
        "at": instant(record.at),
        "event": record.kind,
        "who": record.actor_name,
        "email": record.actor_email,
        "via": record.actor_via,
        "where": place_words(record.place),
        "attempt": details.get("attempt", ""),
        "content_digest": details.get("content_digest", ""),
        "says": next((details[key] for key in _SAID if details.get(key)), ""),
        "outcome": details.get("outcome", ""),
        "verification": details.get("level") or "",
        "event_hash": record.hash,
    }
    if write is not None:
        cells |= {"statement": write.label, "sn_sys_id": write.sn_sys_id}
        if record.kind == AuditKind.PUSH_ITEM_ENDED:
            cells |= _texts(write)
            cells["says"] = cells["says"] or write.sentence
    return cells


def _texts(write: WriteEvidence) -> dict[str, object]:
    texts: dict[str, ShownText | None] = {"before": write.before, "pushed": write.pushed, "stored": write.stored}
    shown = {f"text_{name}": text.readable for name, text in texts.items() if text}
    return {**shown, **{f"sha256_{name}": text.sha256 for name, text in texts.items() if text}}
