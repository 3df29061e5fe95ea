"""What people look up is held against the code: audit events, metrics, the API, buttons, scopes, limits of settings."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from fastapi import FastAPI

from bot.api.application import install_api
from bot.api.problems import _NAMES
from bot.slack.manifest import SCOPES
from bot.views.messages.help import COMMANDS
from bot.web.health import install_health
from bot.web.metrics import Metrics, _State
from core.clock import SystemClock
from core.config import Settings
from core.domain.audit import AuditKind
from core.servicenow.pacing import Pacing
from core.usecases.operations.measuring import Measurements, Spans
from tests.test_docs import error_classes, page, rows_of, told

ROOT = Path(__file__).parents[1]
# Served beside the described endpoints.
BESIDE = {"GET /docs", "GET /openapi.json", "POST /slack/events"}
TURNS_PAGES = ("_previous", "_next", "_newer", "_older")


def test_every_kind_of_audit_event_is_explained():
    rows, kinds = rows_of(page("audit.md")), {kind.value for kind in AuditKind}

    faults = [f"Add: | `{kind}` | about what | when it is recorded |" for kind in sorted(kinds - rows.keys())]
    faults += [f"{kind} is no kind of event any more: delete its row." for kind in sorted(rows.keys() - kinds)]
    faults += [f"{kind}: say when it is recorded." for kind, (_, when) in rows.items() if len(when.split()) < 4]

    assert not faults, f"docs/audit.md:{told(faults)}"


async def metrics() -> dict[str, str]:
    """The kind of each metric, by the name that Prometheus shows."""
    pacing = Pacing(SystemClock(), concurrency=5)
    pacing.last_seen_at = SystemClock().now()
    none, counts = Spans(0, 0.0), dict[str, int]()
    now = Measurements(counts, 0, counts, counts, counts, 0, none, none, 0, pacing.last_seen_at, is_paused=False)
    found = [*Metrics().registry.collect(), *_State(now, pacing).collect()]
    own = [metric for metric in found if metric.name.startswith("grcpush_")]
    return {f"{metric.name}{'_total' if metric.type == 'counter' else ''}": metric.type for metric in own}


async def test_every_metric_is_documented_with_its_kind():
    rows = {name: cells for name, cells in rows_of(page("operating.md")).items() if name.startswith("grcpush_")}

    assert {name: cells[0] for name, cells in rows.items()} == await metrics()
    assert all(len(cells[-1].split()) > 2 for cells in rows.values())


def server() -> FastAPI:
    """The application with every path that is described, and nothing behind them."""
    nothing: Any = None
    made = FastAPI()
    install_health(made, nothing)
    install_api(made, nothing)
    return made


def test_every_path_over_http_is_documented_and_every_documented_one_is_there():
    served = {f"{method.upper()} {path}" for path, methods in server().openapi()["paths"].items() for method in methods}
    named = set(re.findall(r"`((?:GET|POST|PUT|DELETE) /[^`]*)`", page("api.md")))

    assert named == served | BESIDE


def test_every_code_of_the_api_is_documented():
    source = "".join(
        path.read_text(encoding="utf-8") for path in [*(ROOT / "bot/api").glob("*.py"), ROOT / "bot/web/edge.py"]
    )
    codes = {*re.findall(r"ApiProblem\(\s*\d{3}, \"(\w+)\"", source), *re.findall(r"\bcode=\"(\w+)\"", source)}
    of_its_own = (codes | set(_NAMES.values())) - {kind.code for kind in error_classes()}

    missing = [code for code in sorted(of_its_own) if f"`{code}`" not in page("api.md")]

    assert len(of_its_own) > 8
    assert not missing, f"docs/api.md does not name {', '.join(missing)}"


def test_every_way_to_type_the_slash_command_is_documented():
    missing = [f"| `{command}` | … |" for command in COMMANDS if command not in rows_of(page("commands.md"))]

    assert not missing, f"docs/commands.md: add{told(missing)}"


def buttons_of(drawing: Any) -> Iterator[str]:
    """What stands on each button of a drawing, without numbers; buttons that only turn pages are left out."""
    if isinstance(drawing, list):
        for part in drawing:
            yield from buttons_of(part)
    if isinstance(drawing, dict):
        if drawing.get("type") == "button" and not drawing["action_id"].endswith(TURNS_PAGES):
            label = re.sub(r" [\d,]+", "", drawing["text"]["text"])
            yield re.sub(r" (for|with chosen)$", "", label)
        yield from buttons_of(list(drawing.values()))


def test_every_button_is_documented_and_every_documented_one_is_drawn():
    goldens = (ROOT / "tests/views/golden").rglob("*.json")
    drawn = {label for golden in goldens for label in buttons_of(json.loads(golden.read_text(encoding="utf-8")))}

    table = page("commands.md").partition("| Button |")[2].partition("\n\n")[0]
    named = {name for row in table.splitlines()[2:] for name in row.split("|")[1].strip().split(", ")}

    assert named == drawn


def test_every_scope_of_the_app_is_explained():
    cells = [line.split("|")[1] for line in page("slack-setup.md").splitlines() if line.startswith("| `")]

    assert {name for cell in cells for name in re.findall(r"`([\w:.]+)`", cell)} == SCOPES.keys()


def test_every_upper_limit_of_a_setting_is_documented():
    rows = rows_of(page("configuration.md"))
    limits = {
        name.upper(): str(limit)
        for name, field in Settings.model_fields.items()
        for limit in (getattr(bound, "le", None) for bound in field.metadata)
        if limit is not None
    }

    missing = [f"{name}: at most {limit}" for name, limit in limits.items() if limit not in rows[name][-1]]

    assert len(limits) > 5
    assert not missing, f"docs/configuration.md: say{told(missing)}"
