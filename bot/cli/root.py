"""The application that all commands hang on."""

import typer

from bot.cli import audit, deployment, diffs, doctor, edits, files, manifest, pushes, starting, tokens, work
from bot.cli.examples import show_examples

_HELP = """Take edited control statements back to ServiceNow GRC: conflicts settled and pushes approved in Slack, every write
verified and audited.

Settings come from the environment (GRCPUSH_…) and from grcpush.toml in this folder; grcpush doctor says what is missing.
Commands that change something act for the person in GRCPUSH_ACTOR, an e-mail address with a role. \
ID is a statement id, a ServiceNow sys_id, or SYSTEM/CONTROL.

Exit status: 0 done, 1 refused or partly failed, 2 wrong usage or settings.
"""

app = typer.Typer(
    name="grcpush", help=_HELP, no_args_is_help=True, rich_markup_mode="rich", pretty_exceptions_enable=False
)
for part in (work, edits, diffs, files, pushes, starting, doctor, manifest, deployment):
    part.register(app)
app.add_typer(audit.app, name="audit")
app.add_typer(tokens.app, name="token")
show_examples(app)
