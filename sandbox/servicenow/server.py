"""The server as tests and the demo hold it: the instance, and around it faults, APIs, pages and the application."""

from .application import Application
from .control import pages
from .faults import CATALOGUE, Faults
from .instance import Instance
from .stats_api import StatsApi
from .table_api import TableApi
from .times import Clock


class ServiceNow(Instance):
    """A stand-in instance that can be served (`app`) and spoilt (`faults`).

    See the package's docstring for the whole surface.
    """

    def __init__(self, *, clock: Clock | None = None, instance_name: str = "sandbox") -> None:
        super().__init__(clock=clock, instance_name=instance_name)
        self.faults = Faults(self, CATALOGUE)
        tables = TableApi(self)
        handlers = {"table": tables.answer, "stats": StatsApi(self, tables).answer}
        self.app = Application(self, self.faults, handlers, pages(self, self.faults))
