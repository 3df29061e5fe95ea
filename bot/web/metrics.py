"""Numbers for Prometheus: what this process did, and the state of the deployment as the database has it."""

from collections.abc import Iterator

from prometheus_client import CollectorRegistry, Counter, Histogram, ProcessCollector, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric, SummaryMetricFamily
from prometheus_client.registry import Collector

from core.servicenow.pacing import Pacing
from core.usecases.operations.measuring import Measurements, measure
from core.wiring import Core

# Whoever makes up methods must not make up time series with them.
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_BOTH = "The same in every replica: take the maximum."


class Metrics:
    """What this process counts. One object for each process, with a registry of its own."""

    def __init__(self) -> None:
        """Nothing is counted yet."""
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        self._http = Histogram(
            "grcpush_http_request_seconds",
            "Requests answered, by route and status.",
            ["method", "route", "status"],
            buckets=(0.01, 0.05, 0.1, 0.2, 0.5, 1, 3, 10),
            registry=self.registry,
        )
        self._slack = Counter(
            "grcpush_slack_calls",
            "Calls to Slack, by what came of them.",
            ["method", "outcome"],
            registry=self.registry,
        )
        self._servicenow = Histogram(
            "grcpush_servicenow_request_seconds",
            "Exchanges with ServiceNow, by status (0: no answer).",
            ["method", "status"],
            buckets=(0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30),
            registry=self.registry,
        )

    def http(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count a request that was answered."""
        self._http.labels(method if method in _METHODS else "other", route, str(status)).observe(seconds)

    def slack(self, method: str, outcome: str) -> None:
        """Count a call to Slack."""
        self._slack.labels(method, outcome).inc()

    def servicenow(self, method: str, status: int, seconds: float) -> None:
        """Count an exchange with ServiceNow."""
        self._servicenow.labels(method, str(status)).observe(seconds)

    async def page(self, core: Core) -> bytes:
        """Everything in Prometheus' text format."""
        state = CollectorRegistry()
        state.register(_State(await measure(core), core.servicenow.pacing))
        return generate_latest(self.registry) + generate_latest(state)


class _State(Collector):
    """The deployment at one moment."""

    def __init__(self, now: Measurements, pacing: Pacing) -> None:
        self._now = now
        self._pacing = pacing

    def collect(self) -> Iterator[Metric]:
        """All of it."""
        yield from self._pushes()
        yield from self._rest()
        yield from self._servicenow()

    def _pushes(self) -> Iterator[Metric]:
        now = self._now
        items = CounterMetricFamily(
            "grcpush_push_items", f"Statements by the outcome of their push. {_BOTH}", labels=["outcome"]
        )
        for outcome, count in now.outcomes.items():
            items.add_metric([outcome], count)
        yield items
        for name, help_text, counts in (
            ("grcpush_push_jobs", "Push jobs by state.", now.jobs),
            ("grcpush_push_requests", "Push requests by state.", now.requests),
            ("grcpush_statements", "Statements by how they stand.", now.statements),
        ):
            gauge = GaugeMetricFamily(name, f"{help_text} {_BOTH}", labels=["state"])
            for state, count in counts.items():
                gauge.add_metric([state], count)
            yield gauge
        for name, help_text, spans in (
            ("grcpush_push_start_delay_seconds", "From the release of a job to its first claim.", now.release_to_start),
            ("grcpush_push_duration_seconds", "From the release of a job to its end.", now.release_to_end),
        ):
            yield SummaryMetricFamily(name, f"{help_text} {_BOTH}", count_value=spans.count, sum_value=spans.seconds)

    def _rest(self) -> Iterator[Metric]:
        now = self._now
        queue = f"Statements released and not ended. {_BOTH}"
        yield GaugeMetricFamily("grcpush_push_queue", queue, value=now.queue)
        yield GaugeMetricFamily("grcpush_conflicts_open", f"Conflicts to be settled. {_BOTH}", value=now.conflicts)
        yield GaugeMetricFamily("grcpush_writing_paused", f"1 while nothing is written. {_BOTH}", value=now.is_paused)
        yield CounterMetricFamily("grcpush_audit_events", f"Events in the audit trail. {_BOTH}", value=now.audit_events)
        if now.last_pull_at is not None:
            at = now.last_pull_at.timestamp()
            yield GaugeMetricFamily("grcpush_last_pull_timestamp_seconds", f"When a pull last ended. {_BOTH}", value=at)

    def _servicenow(self) -> Iterator[Metric]:
        pacing = self._pacing
        yield GaugeMetricFamily(
            "grcpush_servicenow_concurrency", "Requests that may be under way at once.", value=pacing.concurrency
        )
        yield GaugeMetricFamily(
            "grcpush_servicenow_pause_seconds", "How long ServiceNow asked us to wait.", value=pacing.waiting_seconds
        )
        if pacing.last_seen_at is not None:
            at = pacing.last_seen_at.timestamp()
            yield GaugeMetricFamily("grcpush_servicenow_last_seen_timestamp_seconds", "Its last answer.", value=at)
