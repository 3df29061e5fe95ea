import re
from pathlib import Path

from sandbox.servicenow.faults import CATALOGUE


def test_every_fault_that_the_stand_in_knows_has_a_test_that_names_its_number() -> None:
    tests = "".join(path.read_text(encoding="utf-8") for path in Path(__file__).parent.glob("test_*.py"))
    tested = {int(number) for number in re.findall(r"async def test_fault_(\d\d)_", tests)}

    assert tested == {fault.number for fault in CATALOGUE}
    assert tested == set(range(1, 51)) - {46}  # the Batch API, which is never used
