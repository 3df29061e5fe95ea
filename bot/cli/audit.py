"""The audit trail from the command line."""

import typer

from bot.cli.session import REFUSED, err, out, run
from core.usecases.audit import verify_audit

app = typer.Typer(help="The audit trail.", no_args_is_help=True)


@app.callback()
def audit() -> None:
    """The audit trail."""


@app.command("verify")
def verify_command() -> None:
    """Walk the whole chain of hashes; names the first event that was changed, removed, inserted or moved."""
    verdict = run(verify_audit)
    if verdict.fault:
        err.print(f"[red]The audit trail does not hold.[/red] {verdict.fault}")
        raise typer.Exit(REFUSED)
    out.print(f"The audit trail holds: {verdict.events} events, last hash {verdict.last_hash[:16]}…")
