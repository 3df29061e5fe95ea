"""Names that ServiceNow holds are printed, and steer no terminal."""

from sqlmodel import select

from core.store.tables import SystemRow
from core.wiring import Core
from sandbox.data import Sample
from tests.cast import Cast, make_local_edits
from tests.cli.conftest import CommandLine

STEERING = "Payroll\x1b]0;Mine now\x07 [bold]Cloud\x1b[2J"


async def test_a_name_with_signs_for_the_terminal_is_listed_without_them(
    cli: CommandLine, core: Core, cast: Cast, sample: Sample
) -> None:
    await make_local_edits(core, cast.editor, sample, 2)
    async with core.db.transaction() as tx:
        row = (await tx.exec(select(SystemRow).where(SystemRow.name == "Payroll Cloud"))).one()
        row.name = STEERING
        tx.add(row)

    for words in (["list"], ["digest", "send", "--dry-run"]):
        done = await cli(*words)

        assert done.status == 0
        assert "[bold]Cloud" in done.out
        assert not {"\x1b", "\x07"} & set(done.out)
