"""Random histories, each replayed by its seed: GRCPUSH_HISTORY=17 plays number 17 alone, GRCPUSH_HISTORIES=1000 that many."""

import os

import pytest

from tests.faults import oracle
from tests.faults.conftest import OpenDesk
from tests.faults.histories import History

ONLY = os.environ.get("GRCPUSH_HISTORY")
SEEDS = [int(ONLY)] if ONLY else range(int(os.environ.get("GRCPUSH_HISTORIES", "50")))


@pytest.mark.parametrize("seed", SEEDS)
async def test_no_text_is_lost_untold_and_nothing_is_told_that_is_not_so(open_desk: OpenDesk, seed: int) -> None:
    auth = ("basic", "oauth_client_credentials", "oauth_password")[seed % 3]
    desk = await open_desk(count=6, auth=auth, push_timeout_seconds=0.4)
    history = History(seed, desk)

    await history.play()

    try:
        await oracle.check(desk.core, desk.servicenow, spoiled=desk.spoiled)
    except AssertionError as failure:
        raise AssertionError(f"GRCPUSH_HISTORY={seed}: {failure}\n" + "\n".join(history.told)) from failure
