"""Real statements and genuine edits of them, in the folder that CORPUS_DIR names. None of their text is kept here."""

import json
import os
from pathlib import Path
from typing import Any

import pytest


@pytest.fixture(scope="session")
def corpus() -> Path:
    """The folder with the corpus; tests that need it are skipped where there is none."""
    folder = os.environ.get("CORPUS_DIR")
    if not folder:
        pytest.skip("CORPUS_DIR is not set")
    return Path(folder)


@pytest.fixture(scope="session")
def statements(corpus: Path) -> list[str]:
    """Every version of every statement."""
    rows: list[dict[str, Any]] = json.loads((corpus / "statements.json").read_text(encoding="utf-8"))
    texts = [row["statement_html"] for row in rows] + [version["html"] for row in rows for version in row["versions"]]
    return list(dict.fromkeys(texts))


@pytest.fixture(scope="session")
def edits(corpus: Path) -> list[tuple[str, str]]:
    """Pairs of successive versions, as people really edited them."""
    rows = json.loads((corpus / "pairs.json").read_text(encoding="utf-8"))
    return [(row["old_html"], row["new_html"]) for row in rows]


@pytest.fixture(scope="session")
def histories(corpus: Path) -> list[list[str]]:
    """The versions of each statement, oldest first."""
    rows = json.loads((corpus / "statements.json").read_text(encoding="utf-8"))
    return [[version["html"] for version in row["versions"]] for row in rows if len(row["versions"]) > 1]
