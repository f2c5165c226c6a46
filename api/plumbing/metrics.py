"""Prometheus metrics of one process; `/metrics` gives them. No label ever holds an id or a name."""

from prometheus_client import CollectorRegistry, Counter, Histogram, ProcessCollector, generate_latest

REGISTRY = CollectorRegistry()
ProcessCollector(registry=REGISTRY)
REQUESTS = Counter("sbq_requests", "Requests answered", ["method", "status"], registry=REGISTRY)
REQUEST_SECONDS = Histogram("sbq_request_seconds", "Seconds to answer a request", registry=REGISTRY)
MARKS = Counter("sbq_marks", "Mark operations by their code", ["code"], registry=REGISTRY)
BOARDS_BUILT = Counter("sbq_boards_built", "Public boards encoded", registry=REGISTRY)


def exposition() -> bytes:
    """All metrics in the text format."""
    return generate_latest(REGISTRY)
