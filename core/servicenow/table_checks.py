"""Preflight: the table, the statement field, and every other column the settings name."""

import asyncio
from collections.abc import Collection
from dataclasses import dataclass

from core.config import FieldKind
from core.errors import RemoteForbidden
from core.servicenow.audit import Audit
from core.servicenow.dictionary import ColumnFacts, Dictionary
from core.servicenow.queries import Scope
from core.servicenow.reading import Listing
from core.servicenow.records import STAMP_COLUMNS, FieldMap, plain
from core.servicenow.remarks import Remark, fail, ok, warn
from core.text.content import TextKind

_KINDS = {
    "html": TextKind.HTML,
    "translated_html": TextKind.HTML,
    "string": TextKind.PLAIN,
    "translated_text": TextKind.PLAIN,
}
_SETTINGS = "GRCPUSH_SERVICENOW_"


@dataclass(frozen=True)
class Target:
    """What the settings point at: table, columns, and the filter that limits the pull."""

    shape: FieldMap
    scope: Scope
    configured_kind: FieldKind

    @property
    def setting_of(self) -> dict[str, str]:
        """Every column the settings name, but for the statement field, with the setting that names it."""
        shape, named = self.shape, dict[str, str]()
        for column in sorted(self.scope.columns()):
            named[column] = f"{_SETTINGS}QUERY"
        for column in shape.writable_when.columns:
            named[column] = f"{_SETTINGS}WRITABLE_WHEN"
        named |= {
            shape.control_number: f"{_SETTINGS}CONTROL_ID_FIELD",
            shape.control_name: f"{_SETTINGS}CONTROL_NAME_FIELD",
        }
        named |= {shape.system_name: f"{_SETTINGS}SYSTEM_FIELD"}
        return {column: setting for column, setting in named.items() if column}

    @property
    def sample_columns(self) -> tuple[str, ...]:
        """The columns to read of a few records: all that are ever read, and those of the filter."""
        return tuple(dict.fromkeys((*self.shape.columns, *self.setting_of)))


@dataclass(frozen=True)
class Field:
    """What is known about the statement field."""

    kind: TextKind
    max_length: int | None
    remarks: tuple[Remark, ...]
    is_audit_excluded: bool = False


async def check_table(dictionary: Dictionary, target: Target) -> Remark:
    """Whether the table exists and is open to web services. Raises RemoteForbidden when that cannot be told."""
    table = target.shape.table
    facts = await dictionary.table(table)
    if facts is None:
        return fail("table", f"There is no table {table} in this instance.", f"Set {_SETTINGS}TABLE to its real name.")
    if not facts.is_open_to_web_services:
        return fail(
            "table",
            f"The table {table} is closed to web services.",
            "Tick “Allow access to this table via web services” on the table.",
        )
    return ok("table", f"The table {table} exists.")


async def check_field(dictionary: Dictionary, target: Target) -> Field:
    """The statement field's type, length and protection. Raises RemoteForbidden when that cannot be told."""
    shape = target.shape
    facts = await dictionary.column(shape.table, shape.field)
    if facts is None:
        missing = fail(
            "field",
            f"The table {shape.table} has no column {shape.field}, and neither has a table it extends.",
            f"Set {_SETTINGS}FIELD to the element name in ServiceNow's dictionary.",
        )
        return Field(configured_kind(target) or TextKind.HTML, None, (missing,))
    kind, remarks = _kind(facts, target)
    if facts.is_read_only:
        remarks.append(
            fail(
                "field",
                f"The column {shape.field} is read-only: ServiceNow would drop every write without a word.",
                "Take the read-only mark off the column's dictionary entry.",
            )
        )
    return Field(kind, facts.max_length, tuple(remarks), is_audit_excluded="no_audit" in facts.attributes)


def unknown_field(target: Target) -> Field:
    """What remains to be said when the dictionary may not be read."""
    kind = configured_kind(target)
    remedy = "Let the service account read sys_db_object and sys_dictionary"
    if kind is None:
        unknown = fail(
            "field",
            "The dictionary may not be read, so whether the field holds HTML or plain text is not known.",
            f"{remedy}, or set {_SETTINGS}FIELD_KIND to html or plain.",
        )
        return Field(TextKind.HTML, None, (unknown,))
    warning = warn(
        "field", "The dictionary may not be read, so the field's length and protection are not known.", f"{remedy}."
    )
    return Field(kind, None, (warning,))


def configured_kind(target: Target) -> TextKind | None:
    """The kind that the settings insist on, None when ServiceNow's dictionary is to decide."""
    kinds = {FieldKind.HTML: TextKind.HTML, FieldKind.PLAIN: TextKind.PLAIN}
    return kinds.get(target.configured_kind)


async def check_columns(dictionary: Dictionary, target: Target, sample: Listing) -> list[Remark]:
    """Whether every column the settings name exists and can be read: ServiceNow is silent about both."""
    named = target.setting_of
    known = await asyncio.gather(*(_exists(dictionary, target.shape.table, column) for column in named))
    shown = set().union(*sample.rows) if sample.rows else None
    remarks = []
    for (column, setting), exists in zip(named.items(), known, strict=True):
        remarks += _column_remarks(column, setting, exists, shown)
    return remarks or [ok("columns", f"All {len(named)} columns that the settings name are there and can be read.")]


def check_sample(target: Target, sample: Listing) -> Remark:
    """Whether a few records show the text and its stamps, which everything rests on."""
    if not sample.rows:
        if sample.total:
            return warn(
                "records",
                f"ServiceNow counts {sample.total} records and shows none of the first ones to the service account.",
                "Check the read access controls for rows of the table.",
            )
        return warn("records", "There is no record to work on.", f"Check {_SETTINGS}QUERY.")
    needed = ("sys_id", target.shape.field, *STAMP_COLUMNS[:-1])
    shown = set().union(*sample.rows)
    missing = [column for column in needed if column not in shown]
    if missing:
        return fail(
            "records",
            f"The service account is not shown {', '.join(missing)}.",
            f"Give it read access to these columns of {target.shape.table}, and check {_SETTINGS}FIELD.",
        )
    return ok("records", "Statements and their change stamps can be read.")


async def check_audit(
    dictionary: Dictionary, audit: Audit, target: Target, sample: Listing, field: Field
) -> tuple[bool, Remark]:
    """Whether an overwritten text could be found in ServiceNow's audit."""
    remedy = (
        "Without it an overwrite is still noticed in most cases, but the text cannot be brought back from ServiceNow."
    )
    if field.is_audit_excluded:
        return False, warn(
            "audit", f"The column {target.shape.field} is marked no_audit.", f"Take the mark off. {remedy}"
        )
    classes = {plain(row.get("sys_class_name")) for row in sample.rows} - {""} or {target.shape.table}
    for name in sorted(classes):
        try:
            is_audited = await dictionary.is_audited(name)
        except RemoteForbidden:
            return False, warn(
                "audit",
                "Whether the table is audited cannot be told.",
                f"Let the account read sys_dictionary. {remedy}",
            )
        if not is_audited:
            return False, warn(
                "audit", f"Auditing is off for {name}.", f"Switch it on for exactly this table. {remedy}"
            )
    for row in sample.rows[:1]:
        if not await audit.is_readable(
            plain(row.get("sys_class_name")) or target.shape.table, plain(row.get("sys_id"))
        ):
            return False, warn("audit", "The service account may not read sys_audit.", f"Give it read access. {remedy}")
    return True, ok("audit", "Changes are audited, and the audit can be read: an overwritten text could be recovered.")


def _kind(facts: ColumnFacts, target: Target) -> tuple[TextKind, list[Remark]]:
    found, wanted, name = _KINDS.get(facts.type), configured_kind(target), target.shape.field
    if facts.type.startswith("journal"):
        refused = fail(
            "field",
            f"The column {name} is a journal: every write would add an entry and replace nothing.",
            f"Set {_SETTINGS}FIELD to a column that holds the statement itself.",
        )
        return wanted or TextKind.PLAIN, [refused]
    if found is None:
        refused = fail(
            "field",
            f"The column {name} is of type {facts.type or 'unknown'}, which is not text that grcpush can carry.",
            f"Set {_SETTINGS}FIELD to a column of type html, translated_html or string.",
        )
        return wanted or TextKind.PLAIN, [refused]
    if wanted is not None and wanted is not found:
        differs = warn(
            "field",
            f"The column {name} is of type {facts.type}, but the settings say that it holds {wanted.value}.",
            f"Set {_SETTINGS}FIELD_KIND to auto, unless you are sure.",
        )
        return wanted, [differs]
    length = f" of at most {facts.max_length} characters" if facts.max_length else ""
    return found, [ok("field", f"The column {name} holds {facts.type}{length}.")]


async def _exists(dictionary: Dictionary, table: str, column: str) -> bool | None:
    try:
        return await dictionary.walk(table, column) is not None
    except RemoteForbidden:
        return None


def _column_remarks(column: str, setting: str, exists: bool | None, shown: Collection[str] | None) -> list[Remark]:
    if exists is False:
        return [
            fail(
                "columns",
                f"There is no column {column}.",
                f"Correct {setting}: ServiceNow ignores unknown columns silently.",
            )
        ]
    if shown is None:
        if exists:
            return []
        return [
            warn(
                "columns", f"Whether the column {column} exists cannot be told.", "Let the account read sys_dictionary."
            )
        ]
    if column not in shown:
        return [
            fail(
                "columns",
                f"The service account is not shown the column {column}.",
                f"Give it read access, or correct {setting}.",
            )
        ]
    return []
