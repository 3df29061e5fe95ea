"""The page for people."""

from typing import TYPE_CHECKING

from starlette.routing import BaseRoute

if TYPE_CHECKING:
    from sandbox.slack.workspace import Workspace


def page_routes(workspace: "Workspace") -> list[BaseRoute]:
    """The routes of the page."""
    return []
