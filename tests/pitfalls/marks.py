"""Finding the tests that are marked with a label, by reading them."""

import ast
from collections.abc import Iterator
from pathlib import Path

TESTS = Path(__file__).parents[1]


def marked_tests() -> Iterator[tuple[str, str]]:
    """Each label with the test that it stands at, as `file::test`."""
    for path in sorted(TESTS.rglob("test_*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                place = f"{path.relative_to(TESTS).as_posix()}::{node.name}"
                yield from ((label, place) for decorator in node.decorator_list for label in _labels(decorator))


def _labels(decorator: ast.expr) -> list[str]:
    if not isinstance(decorator, ast.Call) or ast.unparse(decorator.func) != "pytest.mark.pitfall":
        return []
    return [ast.literal_eval(argument) for argument in decorator.args]
