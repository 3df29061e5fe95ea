"""Many statements for tests of scale: cheap to make, all different, the same for the same seed."""

import random
from dataclasses import dataclass

from sandbox.servicenow import CONTROLS, STATEMENT_FIELD, STATEMENTS, SYSTEMS, ServiceNow, fixed_id

_FAMILIES = (
    "AC",
    "AT",
    "AU",
    "CA",
    "CM",
    "CP",
    "IA",
    "IR",
    "MA",
    "MP",
    "PE",
    "PL",
    "PM",
    "PS",
    "PT",
    "RA",
    "SA",
    "SC",
    "SI",
    "SR",
)
_PER_FAMILY = 50
_SENTENCES = (
    "The service team reviews the settings every quarter and records the result in the register.",
    "Deviations are listed with an owner, a reason and an end date.",
    "An alert reaches the engineer on duty within five minutes at any hour.",
    "Two people approve a change before it takes effect; neither is its author.",
    "The records are kept for three years and cannot be altered by administrators of the system.",
    "Access ends on the date in the request, at the latest after twelve months.",
    "The procedure is tried twice a year, and what was learned is written into it.",
    "Suppliers confirm in writing that they follow the same rule.",
    "The information security officer receives the figures each month.",
    "Where this is not possible, the risk is described and accepted by the owner of the system.",
)  # fmt: skip


@dataclass(frozen=True)
class Bulk:
    """Rows ready for `ServiceNow.load`."""

    systems: list[dict[str, str]]
    controls: list[dict[str, str]]
    statements: list[dict[str, str]]

    def load(self, sn: ServiceNow) -> list[str]:
        """Fill the server; gives back the sys_ids of the statements, in the order of `statements`."""
        sn.load(SYSTEMS, self.systems)
        sn.load(CONTROLS, self.controls)
        return sn.load(STATEMENTS, self.statements)


def many(n: int, seed: int = 0) -> Bulk:
    """`n` statements with a control each, a thousand to a system."""
    chance = random.Random(seed)
    per_system = len(_FAMILIES) * _PER_FAMILY
    bulk = Bulk([], [], [])
    for at in range(n):
        system, place = divmod(at, per_system)
        if place == 0:
            bulk.systems.append(
                {"sys_id": fixed_id("bulk", str(seed), "system", str(system)), "name": f"System {system + 1:03d}"}
            )
        control = f"{_FAMILIES[place // _PER_FAMILY]}-{place % _PER_FAMILY + 1}"
        control_id = f"{chance.getrandbits(128):032x}"
        owner = bulk.systems[-1]["sys_id"]
        bulk.controls.append({"sys_id": control_id, "number": control, "name": f"Control {control}", "system": owner})
        bulk.statements.append(
            {
                "sys_id": f"{chance.getrandbits(128):032x}",
                "number": f"IST{1_000_000 + at}",
                "control": control_id,
                STATEMENT_FIELD: _text(control, at, chance),
            }
        )
    return bulk


def _text(control: str, at: int, chance: random.Random) -> str:
    chosen = chance.sample(_SENTENCES, 4)
    items = "".join(f"<li>{sentence}</li>" for sentence in chosen[2:])
    return f"<p>Item {at} of {control}: {chosen[0]}</p><p>{chosen[1]}</p><ul>{items}</ul>"
