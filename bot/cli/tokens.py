"""Tokens of the REST API, from the command line."""

import json
import uuid
from typing import Annotated

import typer
from rich.table import Table

from bot.cli.session import actor, err, guarded, out, run, shown
from core.domain.actor import Role
from core.domain.audit import instant
from core.domain.token import LONGEST_DAYS
from core.errors import NotFound, UsageError
from core.usecases.people.tokens import TokenView, TokenWish, all_tokens, create_token, revoke_token
from core.wiring import Core

app = typer.Typer(help="Tokens of the REST API. For admins (GRCPUSH_ACTOR).", no_args_is_help=True)


@app.callback()
def token() -> None:
    """Tokens of the REST API. For admins (GRCPUSH_ACTOR)."""


@app.command("create")
def create_command(
    person: Annotated[str, typer.Option(metavar="EMAIL", help="Whose it is: the e-mail address known to Slack.")],
    role: Annotated[list[Role], typer.Option(help="A role it may use; may be given several times.")],
    name: Annotated[str, typer.Option(help="What it is for, as lists show it.")] = "",
    expires_days: Annotated[int, typer.Option(min=1, max=LONGEST_DAYS, help="How many days it lasts.")] = 90,
) -> None:
    """Make a token and print it, alone, on standard output. It is shown only now, and stored nowhere.

    At each use it gives its person no more than the configuration gives them at that moment.
    """
    wish = TokenWish(person, role, name, expires_days)

    async def work(core: Core) -> str:
        return await create_token(core, await actor(core), wish)

    typer.echo(run(work))
    err.print("Keep it as a secret: it is not shown again.")


@app.command("list")
def list_command(as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False) -> None:
    """List all tokens, also expired and revoked ones, without their secrets."""

    async def work(core: Core) -> tuple[list[TokenView], dict[uuid.UUID, str]]:
        views = await all_tokens(core, await actor(core))
        return views, {view.token.id: _state(view, core) for view in views}

    views, states = run(work)
    if as_json:
        out.print_json(json.dumps([_facts(view, states[view.token.id]) for view in views]))
        return
    out.print(_table(views, states) if views else "There is no token.")


@app.command("revoke")
def revoke_command(
    token_id: Annotated[str, typer.Argument(metavar="ID", help="The token's id, or its beginning.")],
) -> None:
    """Revoke a token; it stops working at once."""
    guarded(lambda: _long_enough(token_id))

    async def work(core: Core) -> None:
        person = await actor(core)
        await revoke_token(core, person, _meant(token_id, await all_tokens(core, person)))

    run(work)
    out.print("Revoked.")


def _long_enough(text: str) -> None:
    if len(text) < 6:
        raise UsageError("Give at least six characters of the token's id.")


def _meant(text: str, views: list[TokenView]) -> uuid.UUID:
    wanted = text.replace("-", "").lower()
    found = [view.token.id for view in views if view.token.id.hex.startswith(wanted)]
    if len(found) != 1:
        raise NotFound(
            f"{'No' if not found else 'More than one'} token's id begins with “{text}”.",
            next_step="grcpush token list shows them.",
        )
    return found[0]


def _state(view: TokenView, core: Core) -> str:
    if view.token.revoked_at is not None:
        return "revoked"
    return "live" if view.token.is_live(core.clock.now()) else "expired"


def _facts(view: TokenView, state: str) -> dict[str, object]:
    token = view.token
    return {
        "id": str(token.id),
        "person": view.email,
        "name": token.name,
        "roles": sorted(role.value for role in token.roles),
        "state": state,
        "created_at": instant(token.created_at),
        "expires_at": instant(token.expires_at),
        "last_used_at": instant(token.last_used_at) if token.last_used_at else None,
    }


def _table(views: list[TokenView], states: dict[uuid.UUID, str]) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold")
    for name in ("Id", "Person", "Name", "Roles", "State", "Expires", "Last used"):
        table.add_column(name, no_wrap=True, overflow="ellipsis")
    for view in views:
        token, used = view.token, view.token.last_used_at
        table.add_row(
            token.id.hex[:12],
            shown(view.email),
            shown(token.name),
            ", ".join(sorted(role.value for role in token.roles)),
            states[token.id],
            f"{token.expires_at:%Y-%m-%d}",
            f"{used:%Y-%m-%d %H:%M}" if used else "never",
        )
    return table
