"""The documentation is held against the code: what is not written down, or no longer true, turns a test red.

The tables of docs/errors.md are made from the code. After a wanted change run
`GRCPUSH_DOCS=write pytest tests/test_docs.py`, read what git shows, and fill in the cells that were left empty.
"""

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer

import core.errors
from bot.app import running_bot
from bot.cli.root import app
from bot.listeners.words import Word, narrowed, parse
from core.config import PREFIX, Settings
from core.domain.outcome import Level, Outcome, words
from core.errors import GrcError, UsageError

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
PAGES = sorted([*DOCS.rglob("*.md"), *ROOT.glob("*.md")])

# Who the command line acts for, and switches of the tests: names with the prefix that are no settings.
OTHER_NAMES = {"ACTOR", "GOLDEN", "DOCS", "HISTORY", "HISTORIES", "ROUNDS", "WALKS"}
UNUSED = "Nothing uses it yet"
# Read together, as one property of the settings.
ROLE_LISTS = {"EDITORS", "REQUESTERS", "APPROVERS", "ADMINS"}
LONGEST_DECISION = 60


def page(name: str) -> str:
    return (DOCS / name).read_text(encoding="utf-8")


def rows_of(text: str) -> dict[str, list[str]]:
    """The cells of every table row that begins with a name in code type, by that name."""
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in text.splitlines() if line[:3] == "| `"]
    names = [row[0].strip("`") for row in rows]
    twice = sorted({name for name in names if names.count(name) > 1})
    assert not twice, f"there is more than one row for {', '.join(twice)}"
    return {name: row[1:] for name, row in zip(names, rows, strict=True)}


def told(faults: list[str]) -> str:
    return "\n" + "\n".join(faults)


def stands_in_code(pattern: str, *, outside: str) -> bool:
    """Whether bot or core hold the pattern anywhere but in the file that defines what it names."""
    files = [path for package in ("bot", "core") for path in (ROOT / package).rglob("*.py")]
    return any(re.search(pattern, path.read_text(encoding="utf-8")) for path in files if path != ROOT / outside)


def pieces_of_code(text: str) -> Iterator[str]:
    """Every line of a fenced block, and every span of code type."""
    for number, part in enumerate(text.split("```")):
        if number % 2:
            yield from part.splitlines()[1:]
        else:
            yield from re.findall(r"`([^`\n]+)`", part)


def default_of(name: str) -> str:
    value = Settings.model_fields[name].default
    if value is None or value in ("", ()):
        return "–"
    return f"`{str(value).lower() if isinstance(value, bool) else getattr(value, 'value', value)}`"


def test_every_setting_is_documented_with_its_default():
    rows = rows_of(page("configuration.md"))
    defaults = {name.upper(): default_of(name) for name in Settings.model_fields if name != "roles"}

    faults = [f"Add: | `{name}` | {defaults[name]} | what it means |" for name in defaults if name not in rows]
    faults += [f"{name} is no setting any more: delete its row." for name in rows if name not in defaults]
    for name in rows.keys() & defaults.keys():
        default, meaning = rows[name]
        if default != defaults[name]:
            faults.append(f"{name}: the default is {defaults[name]}, not {default}.")
        if len(meaning.split()) < 3:
            faults.append(f"{name}: say what it means.")

    assert not faults, f"docs/configuration.md:{told(faults)}"
    assert "[[roles]]" in page("configuration.md")


def test_a_setting_that_nothing_reads_says_so():
    for name, (_, meaning) in rows_of(page("configuration.md")).items():
        read_as = "role_grants" if name in ROLE_LISTS else name.lower()
        is_used = stands_in_code(rf"settings\.{read_as}\b", outside="core/config.py")

        assert is_used != (UNUSED in meaning), f"docs/configuration.md: is {name} used, or “{UNUSED}”?"


def test_no_page_names_a_setting_that_does_not_exist():
    known = {name.upper() for name in Settings.model_fields}
    known |= {f"{name}_FILE" for name in known} | OTHER_NAMES

    faults = [
        f"{path.relative_to(ROOT)}: there is no {PREFIX}{name}."
        for path in PAGES
        for name in re.findall(rf"{PREFIX}([A-Z]+(?:_[A-Z]+)*)", path.read_text(encoding="utf-8"))
        if name not in known
    ]

    assert not faults, told(faults)


def error_classes() -> list[type[GrcError]]:
    return [kind for kind in vars(core.errors).values() if isinstance(kind, type) and issubclass(kind, GrcError)]


def errors_table() -> str:
    """The table of errors; the last column is written by hand and kept."""
    written = rows_of(part_of("errors"))
    lines = ["| Code | Class | What it means | Again? | What to do |", "|---|---|---|---|---|"]
    for kind in error_classes():
        meaning = (kind.__doc__ or "").partition("\n")[0]
        advice = written[kind.code][-1] if kind.code in written else ""
        again = "yes" if kind.retryable else "no"
        lines.append(f"| `{kind.code}` | {kind.__name__} | {meaning} | {again} | {advice} |")
    return "\n".join([*lines, ""])


def outcomes_table() -> str:
    lines = ["| Outcome | Sentence | Next step | Again? | Severity |", "|---|---|---|---|---|"]
    for outcome in Outcome:
        said = words(outcome)
        is_used = stands_in_code(rf"Outcome\.{outcome.name}\b", outside="core/domain/outcome.py")
        sentence = said.sentence if is_used else f"{said.sentence} ({UNUSED}.)"
        cells = (sentence, said.next_step or "–", "yes" if said.retryable else "no", said.severity or "–")
        lines.append(f"| `{outcome.value}` | {' | '.join(cells)} |")
    return "\n".join([*lines, ""])


def marks_of(name: str) -> re.Pattern[str]:
    return re.compile(rf"(?<=<!-- {name} -->\n)(.*?)(?=<!-- end of {name} -->)", re.DOTALL)


def part_of(name: str) -> str:
    found = marks_of(name).search(page("errors.md"))
    assert found, f"docs/errors.md has lost the marks around its table of {name}"
    return found[0]


def test_the_tables_of_errors_and_outcomes_are_those_of_the_code():
    for name, table in {"errors": errors_table(), "outcomes": outcomes_table()}.items():
        if os.environ.get("GRCPUSH_DOCS") == "write":
            written = marks_of(name).sub(lambda _found, made=table: made, page("errors.md"))
            (DOCS / "errors.md").write_text(written, encoding="utf-8")

        assert part_of(name) == table, "docs/errors.md is out of date: GRCPUSH_DOCS=write pytest tests/test_docs.py"


def test_every_error_has_a_code_of_its_own_and_says_what_to_do():
    codes = [kind.code for kind in error_classes()]
    rows = rows_of(part_of("errors"))

    assert sorted(codes) == sorted(set(codes))
    for kind in error_classes():
        is_raised = stands_in_code(rf"\b{kind.__name__}\(", outside="core/errors.py") or bool(kind.__subclasses__())
        advice = rows[kind.code][-1]
        assert len(advice.split()) > 2, f"docs/errors.md: say in the last column of {kind.code} what the reader can do"
        assert is_raised != (UNUSED in advice), f"docs/errors.md: is {kind.code} raised, or “{UNUSED}”?"


def test_every_error_of_the_program_has_a_documented_code():
    assert running_bot  # importing it has loaded every module that defines an error
    pending, codes = [GrcError], set()
    while pending:
        kind = pending.pop()
        codes.add(kind.code)
        pending += kind.__subclasses__()

    assert codes <= rows_of(part_of("errors")).keys()


def test_every_level_of_proof_is_documented():
    for level in Level:
        assert f"`{level.value}`" in page("errors.md"), f"docs/errors.md: say what {level.value} means"


def commands() -> dict[str, Any]:
    """Every command that can be run, by its words."""
    found: dict[str, Any] = {}
    pending: list[tuple[str, Any]] = [("grcpush", typer.main.get_command(app))]
    while pending:
        name, command = pending.pop()
        if hasattr(command, "commands"):
            pending += [(f"{name} {word}", below) for word, below in command.commands.items()]
        else:
            found[name] = command
    return found


def options_of(command: Any) -> list[str]:
    return [name for parameter in command.params for name in parameter.opts if name.startswith("--")]


def test_every_command_is_documented_with_its_options():
    parts = re.split(r"^### `(grcpush [a-z ]+)`$", page("commands.md"), flags=re.MULTILINE)
    sections = dict(zip(parts[1::2], (text.split("\n## ")[0] for text in parts[2::2]), strict=True))

    faults = [f"Add a section: ### `{name}`" for name in commands() if name not in sections]
    faults += [f"`{name}` is no command any more: delete its section." for name in sections if name not in commands()]
    faults += [
        f"`{name}`: say what {option} does."
        for name, command in commands().items()
        for option in options_of(command)
        if f"`{option}" not in sections.get(name, "")
    ]

    assert not faults, f"docs/commands.md:{told(faults)}"


def test_every_word_after_the_slash_command_is_documented():
    rows = rows_of(page("commands.md"))

    for word in Word:
        is_there = any(row.split()[:2] == ["/grcpush", word.value] for row in rows)
        assert is_there, f"docs/commands.md: add the row | `/grcpush {word.value}` | … |"


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_every_command_shown_on_a_page_exists(path):
    text = path.read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    known = commands()

    for piece in pieces_of_code(text):
        code = piece.partition("#")[0].strip()
        if code.startswith("/grcpush"):
            try:
                narrowed(parse(code.removeprefix("/grcpush")), ["Payroll Cloud"], ["AC"])
            except UsageError as error:
                pytest.fail(f"{path.name} shows “{code}”: {error.message}")
        if code.startswith("make "):
            assert code.split()[1] in targets, f"{path.name} shows “{code}”, which is no target of the Makefile"
        if re.match(r"grcpush [a-z]", code):
            name = next((name for name in known if f"{code} ".startswith(f"{name} ")), None)
            is_group = any(name.startswith(f"{code} ") for name in known)
            assert name or is_group, f"{path.name} shows “{code}”, which is no command"
            shown = set(re.findall(r"--[a-z-]+", code))
            assert name is None or shown <= {"--help", *options_of(known[name])}, f"{path.name} shows “{code}”"


def anchors_of(path: Path) -> set[str]:
    """What a link to a heading of the page may end in."""
    headings = re.findall(r"^#+ (.+)$", path.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_every_link_leads_somewhere(path):
    faults = []
    for link in re.findall(r"\]\(([^)\s]+)\)", path.read_text(encoding="utf-8")):
        name, _, anchor = link.partition("#")
        target = path.parent / name if name else path
        if "://" not in link and (not target.exists() or (anchor and anchor not in anchors_of(target))):
            faults.append(link)

    assert not faults, f"{path.name} links to what is not there: {', '.join(faults)}"


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_every_file_and_log_line_that_is_named_exists(path):
    pieces = list(pieces_of_code(path.read_text(encoding="utf-8")))
    files = [
        piece for piece in pieces if re.fullmatch(r"(bot|core|sandbox|tests|templates|benchmarks)/[\w./-]*", piece)
    ]
    lines = [piece for piece in pieces if re.fullmatch(r"(digest|servicenow|slack|socket|push)\.[a-z_]+", piece)]

    faults = [name for name in files if not (ROOT / name).exists()]
    faults += [name for name in lines if not stands_in_code(rf'"{re.escape(name)}\b', outside="")]

    assert not faults, f"{path.name} names what is not there: {', '.join(faults)}"


def test_decisions_are_numbered_short_and_of_one_form():
    decisions = sorted((DOCS / "decisions").glob("[0-9]*.md"))
    numbers = [int(path.name[:4]) for path in decisions]
    index = (DOCS / "decisions/README.md").read_text(encoding="utf-8")

    assert numbers == list(range(1, len(decisions) + 1))
    for path in decisions:
        text = path.read_text(encoding="utf-8")
        headings = re.findall(r"^## (.+)$", text, re.MULTILINE)
        assert headings == ["Context", "Decision", "Consequences"], path.name
        assert len(text.splitlines()) <= LONGEST_DECISION, f"{path.name} is longer than a page"
        assert f"({path.name})" in index, f"docs/decisions/README.md does not list {path.name}"


def test_every_word_of_the_glossary_is_explained_once():
    terms = re.findall(r"^\| \*\*(.+?)\*\* \|", page("glossary.md"), re.MULTILINE)

    assert len(terms) > 20
    assert sorted(terms) == sorted(set(terms))
