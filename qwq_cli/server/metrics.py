"""What is counted, in the form that Prometheus reads. Knows events and counters, and no HTTP."""

from collections.abc import Callable

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from qwq_cli.events import Event, Finished, Rewound, Steered

TYPE = "text/plain; version=0.0.4; charset=utf-8"
_SECONDS = (0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30, 100, 300, 1000)


class Metrics:
    """One server's counters; all but `text` may be used from any thread."""

    def __init__(self) -> None:
        self._registry = registry = CollectorRegistry()
        self._requests = Counter(
            "qwq_requests", "Requests by endpoint and status", ("path", "status"), registry=registry
        )
        self._tokens = Counter("qwq_tokens", "Tokens by kind", ("kind",), registry=registry)
        self._ends = Counter("qwq_ends", "Generations by end", ("reason",), registry=registry)
        self._loops = Counter("qwq_loops", "Loops by what was done", ("action",), registry=registry)
        self._put_in = Counter(
            "qwq_interventions", "Texts that were put in, by reason", ("why",), registry=registry
        )
        self._first = Histogram(
            "qwq_first_token_seconds",
            "From the start of a generation to its first token",
            buckets=_SECONDS,
            registry=registry,
        )
        self._whole = Histogram(
            "qwq_generation_seconds", "Of a whole generation", buckets=_SECONDS, registry=registry
        )
        self._dropped = Counter(
            "qwq_clients_gone", "Clients that left before their answer ended", registry=registry
        )

    def watch(self, name: str, what: str, read: Callable[[], float]) -> None:
        """A gauge that is read when it is asked for."""
        Gauge(name, what, registry=self._registry).set_function(read)

    def answered(self, path: str, status: int) -> None:
        """A request was answered."""
        self._requests.labels(path, str(status)).inc()

    def left(self) -> None:
        """A client left early."""
        self._dropped.inc()

    def see(self, event: Event) -> None:
        """Count what an event says."""
        match event:
            case Rewound(loop=loop) if loop is not None:
                self._loops.labels(loop.action).inc()
            case Steered(why=why):
                self._put_in.labels(why).inc()
            case Finished(reason=reason, usage=usage, timings=timings):
                self._ends.labels(reason).inc()
                self._first.observe(timings.first_token_s)
                self._whole.observe(timings.total_s)
                for kind in ("prompt", "reasoning", "answer", "trimmed", "inserted"):
                    self._tokens.labels(kind).inc(getattr(usage, f"{kind}_tokens"))
            case _:
                pass

    def text(self) -> bytes:
        """All of them."""
        return generate_latest(self._registry)
