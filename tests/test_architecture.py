"""The rules of the house that no linter knows. A red test here says what to do, and where.

The layers themselves are held by import-linter (`lint-imports`, in `make check`).
"""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from bot.actions import Action, Callback
from core import errors
from core.domain.audit import AuditKind

ROOT = Path(__file__).parents[1]
PACKAGES = ("bot", "core", "sandbox", "benchmarks", "tests")
FOLDERS = (*PACKAGES, "docs", "templates", ".ci")

# About 300 is the rule; a little over it is better than a part torn out of its topic.
LONGEST_FILE = 320
LONGEST_TEST = 340
# Generated, and never touched again once they have run somewhere.
GENERATED = "core/store/migrations/versions/"
NAMES_WITHOUT_A_TOPIC = {"utils", "util", "helpers", "helper", "common", "manager", "managers", "base", "misc"}

MACHINE_PATH = re.compile(r"(?<![\w.:/])/(?:root|work|home/[\w.-]+|Users/[\w.-]+)/[\w.-]|[A-Z]:\\Users\\")
REGISTRY = re.compile(r"\bpypi[.]org|pythonhosted[.]org|registry[.]npmjs|\bnpmjs[.]org|--(?:extra-)?index-url")


def python_files(*packages: str) -> list[Path]:
    return [path for package in packages for path in sorted((ROOT / package).rglob("*.py"))]


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def members_used(enum: str, *files: Path) -> set[str]:
    """The names of the enum's members that stand in these files as `Enum.MEMBER`."""
    return {
        node.attr
        for path in files
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == enum
    }


def told(faults: list[str]) -> str:
    return "\n" + "\n".join(faults)


def test_no_file_is_longer_than_one_can_keep_in_mind():
    faults = [
        f"{name_of(path)} has {lines} lines: part it by topic, at most {longest} lines each."
        for path in python_files(*PACKAGES)
        if not name_of(path).startswith(GENERATED)
        and (lines := len(path.read_text(encoding="utf-8").splitlines()))
        > (longest := LONGEST_TEST if name_of(path).startswith("tests/") else LONGEST_FILE)
    ]

    assert not faults, told(faults)


def test_every_file_is_named_after_its_topic():
    faults = [
        f"{name_of(path)}: this name says nothing about what is inside; name it after its topic."
        for path in python_files(*PACKAGES)
        if NAMES_WITHOUT_A_TOPIC & {path.stem, *path.relative_to(ROOT).parent.parts}
    ]

    assert not faults, told(faults)


def test_every_action_has_a_route_and_is_drawn():
    routed = members_used("Action", ROOT / "bot/listeners/__init__.py")
    drawn = members_used("Action", *python_files("bot/views"))

    faults = [f"Action.{a.name} has no listener: add its line to bot/listeners/__init__.py." for a in _not_in(routed)]
    faults += [f"Action.{a.name} is drawn by no view: draw it in bot/views/, or delete it." for a in _not_in(drawn)]

    assert not faults, told(faults)


def _not_in(names: set[str]) -> list[Action]:
    return [action for action in Action if action.name not in names]


def test_every_modal_is_drawn_and_every_one_that_can_be_sent_has_a_route():
    routed = members_used("Callback", ROOT / "bot/listeners/__init__.py")
    drawn = members_used("Callback", *python_files("bot/views"))

    faults = [
        f"Callback.{callback.name} has no listener: add its line to bot/listeners/__init__.py."
        for callback in Callback
        if callback.name not in routed and callback is not Callback.READ_ONLY  # it has no button to send it
    ]
    faults += [
        f"Callback.{callback.name} is the callback of no modal: draw one in bot/views/, or delete it."
        for callback in Callback
        if callback.name not in drawn
    ]

    assert not faults, told(faults)


def test_every_audit_kind_is_recorded_somewhere():
    used = members_used("AuditKind", *python_files("core/usecases", "core/engine", "bot"))

    faults = [
        f"AuditKind.{kind.name} is recorded nowhere: append it in the use case that does this, or delete it."
        for kind in AuditKind
        if kind.name not in used
    ]

    assert not faults, told(faults)


def test_every_refusal_says_what_to_do_next():
    kinds = {name for name, kind in vars(errors).items() if isinstance(kind, type) and issubclass(kind, errors.Refused)}
    faults = [
        f"{name_of(path)}:{node.lineno}: this refusal is a dead end: give it a next_step."
        for path in python_files("core/usecases", "core/store", "bot/listeners", "bot/drawing", "bot/slack")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in kinds
        if "next_step" not in {keyword.arg for keyword in node.keywords}
    ]

    assert not faults, told(faults)


def test_everything_public_in_bot_and_core_has_a_docstring():
    faults = [
        f"{name_of(path)}:{node.lineno}: {name} has no docstring: say what it gives back, and what it raises."
        for path in python_files("bot", "core")
        if not name_of(path).startswith("core/store/migrations/")
        for name, node in _public(parsed(path))
        if ast.get_docstring(node) is None
    ]

    assert not faults, told(faults)


Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


def _public(owner: ast.Module | ast.ClassDef, prefix: str = "") -> Iterator[tuple[str, Definition]]:
    """Public functions, classes and methods; what stands inside a function is its own affair."""
    for node in owner.body:
        if isinstance(node, Definition) and not node.name.startswith("_"):
            yield prefix + node.name, node
            if isinstance(node, ast.ClassDef):
                yield from _public(node, f"{node.name}.")


IMPORT_EVERYTHING = '''
import importlib, os, sys, threading

root, *modules = sys.argv[1:]
sys.path.insert(0, root)
deeds, importing = [], ""

def watch(event, arguments):
    if event.startswith(("socket.connect", "socket.bind", "socket.getaddrinfo", "subprocess.", "os.mkdir", "os.exec")):
        note(f"{event} {arguments[1:]}")
    if event == "open" and isinstance(arguments[0], str) and is_a_deed(*arguments):
        note(f"opens {arguments[0]}")

def note(deed):
    if not is_somebody_elses():
        deeds.append(f"{importing}: {deed}")

def is_somebody_elses():
    """Whether a library does it while it is imported itself, rather than one of our modules through it."""
    frame = sys._getframe()
    while frame is not None:
        is_library = "site-packages" in frame.f_code.co_filename
        if is_library and frame.f_code.co_name == "<module>":
            return True
        if frame.f_code.co_filename.startswith(root) and not is_library:
            return False
        frame = frame.f_back
    return False

def is_a_deed(path, mode, flags):
    if (flags or 0) & (os.O_WRONLY | os.O_RDWR | os.O_CREAT):
        return True
    inside = os.path.relpath(path, root)
    return not inside.startswith(("..", ".venv")) and not path.endswith((".py", ".pyc"))

sys.addaudithook(watch)
for importing in modules:
    try:
        importlib.import_module(importing)
    except BaseException as error:
        deeds.append(f"{importing}: {type(error).__name__}: {error}")
    if threading.active_count() > 1:
        deeds.append(f"{importing}: starts a thread")
        break
print("\\n".join(deeds))
'''


def test_importing_any_module_needs_no_environment_and_does_nothing(tmp_path: Path):
    modules = [
        name_of(path).removesuffix(".py").removesuffix("/__init__").replace("/", ".")
        for path in python_files("bot", "core", "sandbox", "benchmarks")
        # The first is run and never imported; Alembic runs the others.
        if path.name != "__main__.py" and not name_of(path).startswith("core/store/migrations/")
    ]

    done = subprocess.run(
        [sys.executable, "-B", "-c", IMPORT_EVERYTHING, str(ROOT), *modules],
        env={},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == "", (
        f"Importing must do nothing; move this into a function that the composition root calls:\n{done.stdout}"
    )
    assert list(tmp_path.iterdir()) == []


def project_texts() -> Iterator[tuple[str, str]]:
    """Every text that is kept, with its name: what lies in the project's own folders, and beside them."""
    beside = [path for path in ROOT.iterdir() if path.suffix in (".md", ".toml", ".lock", ".json") or not path.suffix]
    inside = [path for folder in FOLDERS for path in (ROOT / folder).rglob("*")]
    for path in sorted([*beside, *inside]):
        is_kept = "__pycache__" not in path.parts and path.name not in ("grcpush.toml", ".git")
        if is_kept and path.is_file():
            yield name_of(path), path.read_text(encoding="utf-8", errors="replace")


def test_no_file_holds_a_path_of_one_machine_or_the_address_of_a_package_registry():
    faults = [
        f"{name}:{number}: {found[0]!r} holds on one machine only; name it relative to the project, or leave it out."
        for name, text in project_texts()
        for number, line in enumerate(text.splitlines(), start=1)
        if (found := MACHINE_PATH.search(line) or REGISTRY.search(line))
    ]

    assert not faults, told(faults)


def test_the_locks_hold_hashes_and_no_address():
    for lock in sorted(ROOT.glob("requirements*.lock")):
        text = lock.read_text(encoding="utf-8")
        pinned = len(re.findall(r"^[\w.-]+(?:\[[\w,-]+\])?==", text, re.MULTILINE))

        assert "://" not in text, f"{lock.name} names an address: make it again with `make lock`."
        assert pinned > 0
        assert text.count("--hash=sha256:") >= pinned, f"{lock.name} lacks hashes: make it again with `make lock`."
