"""The sample: three systems and their control statements, read from the HTML files beside this one."""

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from sandbox.servicenow import CONTROLS, STATEMENT_FIELD, STATEMENTS, SYSTEMS, ServiceNow, fixed_id

from .catalogue import monitoring_catalogue
from .edits import LOCAL, REMOTE, Edit

_FILES = ("payroll_cloud.html", "citizen_portal.html", "data_warehouse.html")
_SYSTEM = re.compile(r"<!-- system: (?P<name>[^|]+?) \| (?P<about>.+?) -->")
_CONTROL = re.compile(r"<!-- control: (?P<number>[^|]+?) \| (?P<name>[^|]+?) \| (?P<state>\w+) -->")


@dataclass(frozen=True)
class SampleStatement:
    """One statement as ServiceNow holds it at first."""

    sys_id: str
    system: str
    control: str
    control_name: str
    state: str
    html: str


@dataclass(frozen=True)
class TextEdit:
    """A new text for one statement: `author` is an e-mail address (local) or a user name (in ServiceNow)."""

    sys_id: str
    system: str
    control: str
    html: str
    author: str


@dataclass(frozen=True)
class Sample:
    """What was loaded. `local_edits` are for the local side; `remote_edits` make conflicts with some of them."""

    statements: tuple[SampleStatement, ...]
    local_edits: tuple[TextEdit, ...]
    remote_edits: tuple[TextEdit, ...]

    def statement(self, system: str, control: str) -> SampleStatement:
        """The statement of this system and control; raises KeyError when there is none."""
        for statement in self.statements:
            if (statement.system, statement.control) == (system, control):
                return statement
        raise KeyError(f"{system}/{control}")

    def sys_id(self, system: str, control: str) -> str:
        """Its sys_id; raises KeyError when there is none."""
        return self.statement(system, control).sys_id

    def apply_remote_edits(self, sn: ServiceNow) -> None:
        """Let somebody else change their texts in ServiceNow, as happens between a pull and a push."""
        for edit in self.remote_edits:
            sn.edit(STATEMENTS, edit.sys_id, STATEMENT_FIELD, edit.html, by=edit.author)


def statement_id(system: str, control: str) -> str:
    """The sys_id of a sample statement: the same in every run."""
    return fixed_id("statement", system, control)


@cache
def _read() -> tuple[dict[str, str], tuple[SampleStatement, ...]]:
    """The systems with a sentence about each, and all statements."""
    systems: dict[str, str] = {}
    statements: list[SampleStatement] = []
    for name in _FILES:
        text = (Path(__file__).parent / name).read_text(encoding="utf-8")
        head = _SYSTEM.search(text)
        if head is None:
            raise ValueError(f"{name} does not name its system")
        systems[head["name"]] = head["about"]
        marks = list(_CONTROL.finditer(text))
        ends = [mark.start() for mark in marks[1:]] + [len(text)]
        for mark, end in zip(marks, ends, strict=True):
            html = text[mark.end() : end].strip().replace("{{monitoring catalogue}}", monitoring_catalogue())
            sys_id = statement_id(head["name"], mark["number"])
            statements.append(SampleStatement(sys_id, head["name"], mark["number"], mark["name"], mark["state"], html))
    return systems, tuple(statements)


def _texts(edits: tuple[Edit, ...]) -> tuple[TextEdit, ...]:
    base = {(statement.system, statement.control): statement for statement in _read()[1]}
    made = []
    for edit in edits:
        statement = base[edit.system, edit.control]
        html = edit.applied_to(statement.html)
        made.append(TextEdit(statement.sys_id, edit.system, edit.control, html, edit.author))
    return tuple(made)


def load(sn: ServiceNow) -> Sample:
    """Fill a server that has no sample yet with the systems, controls and statements, and give back what they are."""
    systems, statements = _read()
    sn.load(
        SYSTEMS,
        [{"sys_id": fixed_id("system", name), "name": name, "description": about} for name, about in systems.items()],
    )
    sn.load(CONTROLS, [_control_row(statement) for statement in statements])
    sn.load(STATEMENTS, [_statement_row(number, statement) for number, statement in enumerate(statements, 1001)])
    return Sample(statements, _texts(LOCAL), _texts(REMOTE))


def _control_row(statement: SampleStatement) -> dict[str, str]:
    return {
        "sys_id": fixed_id("control", statement.system, statement.control),
        "number": statement.control,
        "name": statement.control_name,
        "state": statement.state,
        "system": fixed_id("system", statement.system),
    }


def _statement_row(number: int, statement: SampleStatement) -> dict[str, str]:
    return {
        "sys_id": statement.sys_id,
        "number": f"IST{number:07d}",
        "name": f"{statement.control} {statement.control_name}",
        "state": statement.state,
        "control": fixed_id("control", statement.system, statement.control),
        STATEMENT_FIELD: statement.html,
        "u_reviewer_note": "",
    }
