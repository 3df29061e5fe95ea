"""Who may sign in, with which password and roles. Every user is also a row of `sys_user`, every role a row too."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from .records import World, fixed_id, flag

READERS = {"sn_compliance.reader", "sn_compliance.user", "sn_compliance.manager", "sn_compliance.admin", "admin"}
WRITERS = {"sn_compliance.user", "sn_compliance.manager", "sn_compliance.admin", "admin"}


@dataclass
class User:
    """One account. `time_zone` is an IANA name, `date_format` is written the platform's (Java) way."""

    user_name: str
    password: str = ""
    name: str = ""
    email: str = ""
    time_zone: str = "GMT"
    date_format: str = "yyyy-MM-dd HH:mm:ss"
    active: bool = True
    locked_out: bool = False
    web_service_access_only: bool = False
    roles: set[str] = field(default_factory=set)

    @property
    def sys_id(self) -> str:
        """The sys_id of the user's row."""
        return fixed_id("user", self.user_name)

    def may_sign_in(self) -> bool:
        """False once the account is locked or no longer active."""
        return self.active and not self.locked_out


class Users:
    """The accounts by user name."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._by_name: dict[str, User] = {}
        self.api_keys: dict[str, str] = {}

    def __getitem__(self, user_name: str) -> User:
        return self._by_name[user_name]

    def __contains__(self, user_name: object) -> bool:
        return user_name in self._by_name

    def __iter__(self) -> Iterator[User]:
        return iter(self._by_name.values())

    def get(self, user_name: str) -> User | None:
        """The account, or None."""
        return self._by_name.get(user_name)

    def add(self, user: User) -> User:
        """Create the account (or replace it), with its rows."""
        self._by_name[user.user_name] = user
        self.publish(user)
        for role in sorted(user.roles):
            self._publish_role(user, role)
        return user

    def change(self, user_name: str, **changes: object) -> User:
        """Alter an account (`password`, `active`, `locked_out`, `time_zone`, ...) and its row."""
        user = self._by_name[user_name]
        for name, value in changes.items():
            if name not in User.__dataclass_fields__:
                raise TypeError(f"a user has no {name}")
            setattr(user, name, value)
        self.publish(user)
        return user

    def grant(self, user_name: str, role: str) -> None:
        """Give a role."""
        user = self._by_name[user_name]
        user.roles.add(role)
        self._publish_role(user, role)

    def revoke(self, user_name: str, role: str) -> None:
        """Take a role away; raises KeyError when the user does not hold it."""
        user = self._by_name[user_name]
        user.roles.remove(role)
        self._world.store.remove("sys_user_has_role", fixed_id("has_role", user_name, role))

    def with_password(self, user_name: str, password: str) -> User | None:
        """The account this password opens, or None."""
        user = self._by_name.get(user_name)
        return user if user and user.password == password and user.may_sign_in() else None

    def with_api_key(self, key: str) -> User | None:
        """The account this API key stands for, or None."""
        user = self._by_name.get(self.api_keys.get(key, ""))
        return user if user and user.may_sign_in() else None

    def publish(self, user: User) -> None:
        """Bring the user's row up to date."""
        facts = {
            "user_name": user.user_name,
            "name": user.name or user.user_name,
            "email": user.email,
            "time_zone": user.time_zone,
            "date_format": user.date_format,
            "active": flag(user.active),
            "locked_out": flag(user.locked_out),
            "web_service_access_only": flag(user.web_service_access_only),
        }
        self._world.publish("sys_user", user.sys_id, facts)

    def _publish_role(self, user: User, role: str) -> None:
        role_id = fixed_id("role", role)
        self._world.publish("sys_user_role", role_id, {"name": role})
        facts = {"user": user.sys_id, "role": role_id}
        self._world.publish("sys_user_has_role", fixed_id("has_role", user.user_name, role), facts)
