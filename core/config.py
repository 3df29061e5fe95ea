"""Settings: read once, from the environment (prefix GRCPUSH_) and `grcpush.toml`, validated, never changed after."""

import datetime as dt
import difflib
import os
import re
import tomllib
from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlsplit
from zoneinfo import available_timezones

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import NoDecode

from core.domain.actor import Role
from core.domain.digest import parse_days
from core.errors import ConfigurationError

PREFIX = "GRCPUSH_"
FILE_NAME = "grcpush.toml"
LOG_LEVELS = ("debug", "info", "warning", "error")
NameList = Annotated[tuple[str, ...], NoDecode]
DateList = Annotated[tuple[dt.date, ...], NoDecode]


class ServiceNowAuth(StrEnum):
    """How grcpush signs in to ServiceNow."""

    BASIC = "basic"
    OAUTH_CLIENT_CREDENTIALS = "oauth_client_credentials"
    OAUTH_PASSWORD = "oauth_password"  # noqa: S105 -- the name of a method
    API_KEY = "api_key"


class FieldKind(StrEnum):
    """What the statement field holds; AUTO asks ServiceNow's dictionary."""

    AUTO = "auto"
    HTML = "html"
    PLAIN = "plain"


class LogFormat(StrEnum):
    """How a record of the log is written."""

    TEXT = "text"
    JSON = "json"


class RoleGrant(BaseModel):
    """One `[[roles]]` entry: these people have this role for these systems (globs)."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    role: Role
    people: tuple[str, ...]
    systems: tuple[str, ...] = ("*",)


class Settings(BaseModel):
    """Every setting with its default. Field names are the environment names in lower case, without the prefix."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    database_url: str = "sqlite:///grcpush.db"
    log_level: str = "info"
    log_format: LogFormat = LogFormat.TEXT
    read_only: bool = False

    slack_bot_token: SecretStr | None = None
    slack_signing_secret: SecretStr | None = None
    slack_app_token: SecretStr | None = None
    slack_api_url: str = "https://slack.com/api/"
    slack_channel: str | None = None
    slack_titles_only_channels: NameList = ()
    slack_shared_channels: NameList = ()

    servicenow_url: str | None = None
    servicenow_auth: ServiceNowAuth = ServiceNowAuth.BASIC
    servicenow_username: str | None = None
    servicenow_password: SecretStr | None = None
    servicenow_client_id: str | None = None
    servicenow_client_secret: SecretStr | None = None
    servicenow_api_key: SecretStr | None = None
    servicenow_table: str = "sn_compliance_statement"
    servicenow_field: str = "u_implementation_statement"
    servicenow_control_id_field: str = "control.number"
    servicenow_control_name_field: str = "control.name"
    servicenow_system_field: str = "control.system.name"
    servicenow_query: str = ""
    servicenow_writable_when: str = ""
    servicenow_field_kind: FieldKind = FieldKind.AUTO
    servicenow_ca_bundle: Path | None = None
    https_proxy: str | None = None

    pull_every_minutes: int = Field(30, ge=1)
    push_concurrency: int = Field(5, ge=1, le=20)
    push_timeout_seconds: float = Field(30.0, gt=0, le=300)
    push_max_statements: int = Field(100, ge=1, le=100)
    push_requests_per_hour: int = Field(20, ge=1)
    push_settle_seconds: float = Field(2.5, ge=0, le=60)

    approvals_required: int = Field(1, ge=0, le=10)
    approval_expires_hours: float = Field(24, gt=0)
    approval_in_chat: bool = True

    editors: NameList = ()
    requesters: NameList = ()
    approvers: NameList = ()
    admins: NameList = ()
    roles: tuple[RoleGrant, ...] = ()

    digest_hour: int = Field(9, ge=0, le=23)
    digest_days: str = "mon-fri"
    digest_holidays: DateList = ()
    digest_channel_hour: int | None = Field(None, ge=0, le=23)
    digest_channel_zone: str = "UTC"

    api_requests_per_minute: int = Field(300, ge=1)

    http_host: str = "127.0.0.1"
    http_port: int = Field(8400, ge=0, le=65535)

    @field_validator(
        *("editors", "requesters", "approvers", "admins"),
        *("digest_holidays", "slack_titles_only_channels", "slack_shared_channels"),
        mode="before",
    )
    @classmethod
    def _split_names(cls, value: object) -> object:
        if isinstance(value, str):
            return tuple(name for name in (part.strip() for part in value.split(",")) if name)
        return value

    @field_validator("slack_titles_only_channels", "slack_shared_channels")
    @classmethod
    def _ids_of_channels(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        # A name would match no channel, and the texts would be shown there without anybody noticing.
        if not all(re.fullmatch(r"[CGD][A-Z0-9]{2,}", channel) for channel in value):
            raise ValueError("it holds ids of channels, like C0123ABCD, and not names")
        return value

    @field_validator("digest_days")
    @classmethod
    def _known_days(cls, value: str) -> str:
        try:
            parse_days(value)
        except ValueError:
            raise ValueError("digest_days is like mon-fri or mon,wed,fri") from None
        return value

    @field_validator("digest_channel_zone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        if value not in available_timezones():
            raise ValueError("digest_channel_zone is the name of a time zone, like Europe/Berlin")
        return value

    @field_validator("digest_channel_hour", mode="before")
    @classmethod
    def _off_is_none(cls, value: object) -> object:
        return None if value in ("", "off") else value

    @field_validator("log_level")
    @classmethod
    def _known_level(cls, value: str) -> str:
        if value.lower() not in LOG_LEVELS:
            raise ValueError(f"log_level is one of {', '.join(LOG_LEVELS)}")
        return value.lower()

    @field_validator("database_url")
    @classmethod
    def _known_database(cls, value: str) -> str:
        if not value.startswith(("sqlite:///", "postgresql://")):
            raise ValueError("database_url starts with sqlite:/// or postgresql://")
        return value

    @field_validator("servicenow_url")
    @classmethod
    def _https_unless_loopback(cls, value: str | None) -> str | None:
        if value is None:
            return None
        parts = urlsplit(value)
        if parts.hostname is None or parts.username or parts.path not in ("", "/") or parts.query or parts.fragment:
            raise ValueError(
                "servicenow_url is the instance's address and nothing more, like https://acme.service-now.com"
            )
        local = parts.hostname in ("127.0.0.1", "localhost", "::1")
        if parts.scheme != "https" and not (parts.scheme == "http" and local):
            raise ValueError("servicenow_url must use https: credentials would travel in the clear")
        return value.rstrip("/")

    @field_validator("servicenow_table", "servicenow_field")
    @classmethod
    def _plain_name(cls, value: str) -> str:
        if not value.replace("_", "").isalnum() or not value.isascii():
            raise ValueError("a table or field name has only letters, digits and underscores")
        return value

    @model_validator(mode="after")
    def _credentials_match_method(self) -> "Settings":
        needs = {
            ServiceNowAuth.BASIC: ("username", "password"),
            ServiceNowAuth.OAUTH_CLIENT_CREDENTIALS: ("client_id", "client_secret"),
            ServiceNowAuth.OAUTH_PASSWORD: ("username", "password", "client_id", "client_secret"),
            ServiceNowAuth.API_KEY: ("api_key",),
        }[self.servicenow_auth]
        missing = [f"servicenow_{name}" for name in needs if getattr(self, f"servicenow_{name}") is None]
        if self.servicenow_url and missing:
            raise ValueError(f"servicenow_auth = {self.servicenow_auth.value} also needs {', '.join(missing)}")
        return self

    @property
    def role_grants(self) -> tuple[RoleGrant, ...]:
        """Everybody who is named for a role: the four lists, which hold for every system, then `[[roles]]`."""
        everywhere = {
            Role.EDITOR: self.editors,
            Role.REQUESTER: self.requesters,
            Role.APPROVER: self.approvers,
            Role.ADMIN: self.admins,
        }
        return (*(RoleGrant(role=role, people=people) for role, people in everywhere.items()), *self.roles)

    @property
    def is_sqlite(self) -> bool:
        """Whether the database is a SQLite file (one process pushes) and not PostgreSQL (any number of replicas)."""
        return self.database_url.startswith("sqlite")

    @property
    def uses_socket_mode(self) -> bool:
        """Whether Slack is reached by an outgoing web socket; so when an app token is set."""
        return self.slack_app_token is not None

    def redacted(self) -> dict[str, str]:
        """Every setting as text, secrets and database passwords hidden; for the start-up log and `doctor`."""
        shown = {name: str(value) for name, value in self if value not in (None, "", ())}
        for name in ("database_url", "https_proxy"):
            if name in shown:
                shown[name] = _without_password(shown[name])
        return shown


def _without_password(address: str) -> str:
    """The address with who signs in, and everything behind a question mark, hidden: either may hold a password."""
    scheme, mark, rest = address.partition("://")
    rest, query, _ = rest.partition("?")
    sign_in, at, place = rest.rpartition("@")
    return f"{scheme}{mark}{'**********' if sign_in else ''}{at}{place}{'?**********' if query else ''}"


def load_settings(environment: Mapping[str, str] | None = None, folder: Path | None = None) -> Settings:
    """The settings from `grcpush.toml` in `folder` and the environment, which wins.

    Defaults to the process's own environment and working directory. A name ending in `_FILE` names a file that holds
    the value. Raises ConfigurationError, naming every fault and for an unknown key the nearest known one.
    """
    environment = os.environ if environment is None else environment
    values: dict[str, Any] = _file_values((folder or Path.cwd()) / FILE_NAME)
    for name, value in environment.items():
        if name.startswith(PREFIX) and (key := name[len(PREFIX) :].lower()) != "actor":
            values[key] = value
    if "https_proxy" not in values and environment.get("HTTPS_PROXY"):
        values["https_proxy"] = environment["HTTPS_PROXY"]
    _read_secret_files(values)
    _refuse_unknown(values)
    try:
        return Settings(**values)
    except ValidationError as error:
        faults = "; ".join(_sentence(fault) for fault in error.errors())
        raise ConfigurationError(f"The settings are not usable: {faults}.") from None


def acting_person(environment: Mapping[str, str] | None = None) -> str | None:
    """The e-mail address in GRCPUSH_ACTOR: who the command line acts for."""
    return (os.environ if environment is None else environment).get(f"{PREFIX}ACTOR")


def preferred_editor(environment: Mapping[str, str] | None = None) -> str | None:
    """The command in VISUAL or EDITOR: the program in which the person writes."""
    environment = os.environ if environment is None else environment
    return environment.get("VISUAL") or environment.get("EDITOR") or None


def _file_values(path: Path) -> dict[str, Any]:
    if not path.exists():
        return {}
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"{path.name} is not valid TOML: {error}.") from error


def _read_secret_files(values: dict[str, Any]) -> None:
    for key in [key for key in values if key.endswith("_file")]:
        path = Path(str(values.pop(key)))
        try:
            values[key.removesuffix("_file")] = path.read_text(encoding="utf-8").strip()
        except OSError as error:
            raise ConfigurationError(
                f"{PREFIX}{key.upper()} names a file that cannot be read: {error.strerror}."
            ) from error


def _refuse_unknown(values: Mapping[str, Any]) -> None:
    for key in values:
        if key not in Settings.model_fields:
            near = difflib.get_close_matches(key, Settings.model_fields, n=1)
            hint = f"Did you mean {near[0]}?" if near else "See the settings in the documentation."
            raise ConfigurationError(f"There is no setting called {key}.", next_step=hint)


def _sentence(fault: Any) -> str:
    place = ".".join(str(part) for part in fault["loc"])
    text = str(fault["msg"]).removeprefix("Value error, ")
    return f"{place}: {text}" if place else text
