"""The application that all commands hang on."""

import typer

from bot.cli import audit, demo, deployment, diffs, doctor, edits, files, pushes, serve, tokens, work

app = typer.Typer(
    name="grcpush",
    help="Take edited control statements back to ServiceNow GRC: conflicts settled and pushes approved in Slack, every write "
    "verified and audited.",
    no_args_is_help=True,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
)
work.register(app)
edits.register(app)
diffs.register(app)
files.register(app)
pushes.register(app)
serve.register(app)
demo.register(app)
doctor.register(app)
deployment.register(app)
app.add_typer(audit.app, name="audit")
app.add_typer(tokens.app, name="token")


def main() -> None:
    """Run the command line. Exit status: 0 done, 1 refused or partly failed, 2 wrong usage."""
    app()
