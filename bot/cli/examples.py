"""How each command is used: shown at the end of its help, and every one of them is run by a test."""

import typer
from rich.markup import escape

EXAMPLES: dict[str, tuple[str, ...]] = {
    "pull": ("grcpush pull", "grcpush pull --full --json"),
    "status": ("grcpush status", "grcpush status --json"),
    "list": ("grcpush list", "grcpush list --json"),
    "edit": ('grcpush edit "Payroll Cloud/AC-2"', 'grcpush edit "Payroll Cloud/AC-7" --from ac-7.md'),
    "diff": ('grcpush diff "Payroll Cloud/AC-2"', 'grcpush diff "Payroll Cloud/AC-2" --whole --json'),
    "history": ('grcpush history "Payroll Cloud/AC-2"', 'grcpush history "Payroll Cloud/AC-2" --limit 5 --json'),
    "export": ("grcpush export statements", 'grcpush export payroll --system "Payroll*" --modified'),
    "import": ("grcpush import statements --dry-run", "grcpush import statements"),
    "request": (
        'grcpush request "Payroll Cloud/AC-2" --reason "Quarterly review"',
        "grcpush request --all --no-wait --json",
    ),
    "revert": ('grcpush revert "Payroll Cloud/AC-1"',),
    "serve": ("grcpush serve",),
    "demo": ("grcpush demo", "grcpush demo --once", "grcpush demo --port 9000"),
    "doctor": ("grcpush doctor", "grcpush doctor --json"),
    "manifest": ("grcpush manifest --socket", "grcpush manifest --url https://grc.example.com"),
    "pause": ('grcpush pause --reason "Year-end freeze"',),
    "resume": ("grcpush resume",),
    "db upgrade": ("grcpush db upgrade",),
    "digest send": ("grcpush digest send --dry-run",),
    "audit list": (
        "grcpush audit list --push 1",
        "grcpush audit list --person editor@example.com --since 2026-01-31 --json",
    ),
    "audit export": (
        "grcpush audit export --format csv --output trail.csv",
        'grcpush audit export --format jsonl --statement "Payroll Cloud/AC-2"',
        "grcpush audit export --format html --push 1 --output evidence.html",
    ),
    "audit verify": ("grcpush audit verify", "grcpush audit verify --json"),
    "token create": ('grcpush token create --person editor@example.com --role editor --name "Nightly import"',),
    "token list": ("grcpush token list", "grcpush token list --json"),
    "token revoke": ("grcpush token revoke 0192f3ab77c1",),
}


def show_examples(app: typer.Typer, path: str = "") -> None:
    """Put its examples at the end of each command's help."""
    for command in app.registered_commands:
        lines = EXAMPLES.get(f"{path}{command.name}", ())
        if lines:
            # Typer prints what blank lines part as lines of their own.
            command.epilog = "\n\n".join([f"[bold]Example{'s' if len(lines) > 1 else ''}[/bold]", *map(escape, lines)])
    for group in app.registered_groups:
        if group.typer_instance is not None:
            show_examples(group.typer_instance, f"{path}{group.name} ")
