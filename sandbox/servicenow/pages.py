"""The pages for people beside the API: the web page's files, and the deep links of the real product."""

from typing import TYPE_CHECKING

from starlette.applications import Starlette
from starlette.types import ASGIApp

if TYPE_CHECKING:
    from .server import ServiceNow


def pages(sn: "ServiceNow") -> ASGIApp:  # noqa: ARG001
    """The application for everything that is not the instance's own API."""
    return Starlette()
