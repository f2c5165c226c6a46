"""Lines of the log: JSON with level, time and the request they belong to."""

import io
import json
from datetime import UTC, datetime
from decimal import Decimal
from types import SimpleNamespace

import pytest
import structlog

from api.plumbing import logs
from api.plumbing.logs import configure_logs


@pytest.fixture
def lines(monkeypatch):
    """What was logged under the product's own configuration, line by line; the configuration of the other tests comes back."""
    written = io.BytesIO()
    monkeypatch.setattr(logs, "sys", SimpleNamespace(stderr=SimpleNamespace(buffer=written)))
    before = structlog.get_config()
    configure_logs()
    yield lambda: [json.loads(line) for line in written.getvalue().splitlines()]
    structlog.configure(**before)


def test_line_says_what_when_how_grave_and_for_which_request(lines):
    began = datetime.now(UTC)
    bound = structlog.contextvars.bind_contextvars(request_id="01ARZ3NDEK")
    structlog.get_logger().warning("marks_not_told", count=3, value=Decimal("8.5"))
    structlog.contextvars.reset_contextvars(**bound)
    structlog.get_logger().info("afterwards")

    first, second = lines()
    assert began <= datetime.fromisoformat(first.pop("timestamp")) <= datetime.now(UTC)
    assert first == {"event": "marks_not_told", "level": "warning", "count": 3, "value": "8.5", "request_id": "01ARZ3NDEK"}  # fmt: skip
    assert "request_id" not in second


def test_exception_is_one_line_with_its_traceback(lines):
    try:
        raise KeyError("sheet")
    except KeyError:
        structlog.get_logger().exception("failed")

    [line] = lines()
    assert (line["level"], "exc_info" in line) == ("error", False)
    assert "KeyError: 'sheet'" in line["exception"]


def test_what_json_does_not_know_is_written_as_python_shows_it(lines):
    structlog.get_logger().info("odd", thing=SimpleNamespace(a=1))

    assert lines()[0]["thing"] == "namespace(a=1)"
