"""Where a save came from, in words."""

_SOURCES = {
    "slack": "in Slack",
    "cli": "on the command line",
    "import": "by an import of files",
    "api": "over the API",
    "revert": "revert",
    "merged": "merge in a conflict",
    "keep_local": "choice in a conflict",
    "keep_remote": "choice in a conflict",
}


def source_words(source: str) -> str:
    """The words for a source; one that is not known stands for itself."""
    return _SOURCES.get(source, source)
