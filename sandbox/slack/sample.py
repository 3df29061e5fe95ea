"""The people and channels a fresh workspace has; everyone is named after what they do."""

from sandbox.slack.directory import Channel, Directory, User, UserGroup

TEAM_ID = "T0GRC"
TEAM_NAME = "Acme Compliance"
TEAM_DOMAIN = "acme-compliance"
BOT_USER_ID = "U0BOT"
BOT_ID = "B0BOT"
APP_ID = "A0GRC"
BOT_NAME = "grcpush"

OFFERED_PEOPLE = ("U0EDITOR", "U0REQUEST", "U0APPROVE", "U0ADMIN")
"""Whom the page offers to act as, in this order."""


def sample_directory() -> Directory:
    """A new copy of the sample people, channels and groups."""
    insiders = [*OFFERED_PEOPLE, "U0SECOND"]
    channels = [
        Channel("C0GRC", "grc-pushes", "Push requests and their results", members=[*insiders, "U0GUEST", BOT_USER_ID]),
        Channel("C0GENERAL", "general", "Everything else", members=list(insiders)),
        Channel("C0PRIVATE", "audit-room", "Behind closed doors", is_private=True, members=list(insiders)),
        Channel(
            "C0SHARED", "partners", "With our auditors", is_shared=True, members=[*insiders, "U0OTHER", BOT_USER_ID]
        ),
    ]
    groups = [UserGroup("S0APPROVE", "grc-approvers", "GRC approvers", ["U0APPROVE", "U0SECOND"])]
    return Directory(
        users={user.id: user for user in _people()},
        channels={channel.id: channel for channel in channels},
        groups={group.id: group for group in groups},
        bot_user_id=BOT_USER_ID,
    )


def _people() -> list[User]:
    return [
        User(
            "U0EDITOR",
            "erin",
            "Erin Editor",
            "editor@example.com",
            "Europe/Berlin",
            "Control owner",
            "editor, requester",
        ),
        User("U0REQUEST", "ravi", "Ravi Requester", "requester@example.com", "America/New_York", "Lead", "requester"),
        User("U0APPROVE", "ada", "Ada Approver", "approver@example.com", "Europe/London", "Reviewer", "approver"),
        User("U0ADMIN", "alex", "Alex Admin", "admin@example.com", "Asia/Tokyo", "GRC admin", "admin", is_admin=True),
        User("U0SECOND", "sam", "Sam Second", "second@example.com", "Europe/London", "Reviewer", "approver"),
        User("U0GUEST", "gil", "Gil Guest", "guest@example.com", title="Contractor", is_restricted=True),
        User("U0GONE", "dee", "Dee Parted", "parted@example.com", deleted=True),
        User("U0OTHER", "otto", "Otto Outside", "outside@example.org", team_id="T0OTHER", is_stranger=True),
        User(BOT_USER_ID, BOT_NAME, BOT_NAME, is_bot=True),
    ]
