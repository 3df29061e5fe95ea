"""The switches by which real instances differ. The defaults are what a plain instance does, or is most often said to do."""

from dataclasses import dataclass
from typing import Literal


@dataclass
class Behaviour:
    """How this instance behaves. Tests set the attributes; the faults set and restore them."""

    # The counter of a row is either computed from the row as it was loaded, so that two racers write the same
    # number, or counted up in the database. Which of the two is nowhere documented.
    mod_count_from: Literal["loaded", "database"] = "loaded"
    # The old value in an audit row under a race: what the writer had loaded, or what was really replaced.
    audit_old_value: Literal["loaded", "replaced"] = "loaded"
    # Seconds between loading a row and writing it: the time business rules take.
    commit_seconds: float = 0.0
    # Does an update that changes nothing count as one?
    noop_bumps: bool = False
    # Does an update whose row was deleted meanwhile make it again? If not, it answers 404.
    update_recreates: bool = False
    # What happens to text longer than the column.
    over_length: Literal["keep", "cut", "400", "403"] = "keep"
    # What the HTML sanitiser does when an html field is saved: nothing; strip what is not allowed; also write the
    # rest anew (quotes, entities, void tags); or only change the spelling of entities.
    sanitize: Literal["off", "strip", "reserialise", "churn"] = "off"
    # A write to a read-only column is dropped without a word, or refused.
    read_only: Literal["drop", "403"] = "drop"
    # May anybody with write access set sys_updated_on and its like?
    stamps_writable: bool = True
    # What the property glide.invalid_query.returns_no_rows decides: a bad term is ignored, or empties the result.
    invalid_query_returns_no_rows: bool = False
    # The zone of a datetime literal in an encoded query.
    query_literals_in: Literal["utc", "user"] = "utc"
    # Transactions that one session runs at a time, and how many may wait before the answer is 202.
    session_transactions: int = 2
    session_queue: int = 10
    # Is work that was answered with 202 done later all the same?
    overflow_runs: bool = False
    # Version 1 of the Table API answers 404 for an empty list; here the newer addresses can be made to as well.
    empty_list_is_404: bool = False
    # Seconds until audit rows can be read.
    audit_delay: float = 0.0
    # The largest request line and headers, and the largest body, in bytes.
    max_header_bytes: int = 16384
    max_body_bytes: int = 10 * 1024 * 1024
    # Seconds that a password or refresh token grants, and whether client credentials are switched on.
    token_seconds: int = 1800
    refresh_seconds: int = 8_640_000
    client_credentials: bool = True
    # Basic authentication for accounts that can also sign in interactively.
    basic_auth_gate: bool = False
