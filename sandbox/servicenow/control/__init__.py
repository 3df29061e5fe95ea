"""The server's pages for people: JSON endpoints under /sandbox/api, a stream of events, files, and deep links."""

from .application import pages

__all__ = ["pages"]
