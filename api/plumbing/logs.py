"""Structured logs: JSON lines on standard error, with request ids and without personal data."""

import logging
import sys
from datetime import UTC, datetime

import msgspec
import structlog
from structlog.typing import EventDict, WrappedLogger

_encoder = msgspec.json.Encoder(enc_hook=repr)


def configure_logs(*, level: str = "INFO") -> None:
    """One JSON object a line. Only what a call names is logged: no bodies, cookies, query strings or headers."""
    structlog.configure(
        processors=[_line],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level]),
        logger_factory=structlog.BytesLoggerFactory(sys.stderr.buffer),
        cache_logger_on_first_use=True,
    )


def _line(logger: WrappedLogger, level: str, event: EventDict) -> bytes:
    """The whole way from an event to its line. Each mark of a tablet writes one; as a chain of processors it cost twice as much."""
    line = structlog.contextvars.merge_contextvars(logger, level, event)
    line["level"] = level
    line["timestamp"] = datetime.now(UTC)
    if "exc_info" in line:
        line = structlog.processors.format_exc_info(logger, level, line)
    return _encoder.encode(line)
