"""Sample data of the sandbox.

sample = load(sn)              fills a server: 3 systems, 72 statements with fixed sys_ids
sample.sys_id("Payroll Cloud", "AC-2"), .statement(system, control), .statements
sample.local_edits             TextEdit(sys_id, system, control, html, author e-mail), to be made on the local side
sample.apply_remote_edits(sn)  somebody else changes four of the same statements; one of the four can be merged
many(50_000, seed).load(sn)    statements for tests of scale, gives back their sys_ids
"""

from .bulk import Bulk, many
from .sample import Sample, SampleStatement, TextEdit, load, statement_id

__all__ = [
    "Bulk",
    "Sample",
    "SampleStatement",
    "TextEdit",
    "load",
    "many",
    "statement_id",
]
