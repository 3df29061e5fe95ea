"""Identifiers are in the order of their making, to the millisecond, and never the same."""

import time
import uuid

from core.ids import new_id


def test_an_id_is_a_uuid_of_version_7_with_its_time_in_front() -> None:
    before = time.time_ns() // 1_000_000
    ids = [new_id() for _ in range(5_000)]
    after = time.time_ns() // 1_000_000

    times = [one.int >> 80 for one in ids]
    assert {(one.version, one.variant) for one in ids} == {(7, uuid.RFC_4122)}
    assert before <= times[0] <= times[-1] <= after
    assert times == sorted(times)
    assert len(set(ids)) == len(ids)


def test_every_random_bit_of_an_id_is_random() -> None:
    ids = [new_id().int for _ in range(200)]

    fixed = 0xF << 76 | 0x3 << 62
    changing = 0
    for one in ids:
        changing |= one ^ ids[0]
    assert changing & ((1 << 80) - 1) == ((1 << 80) - 1) & ~fixed
