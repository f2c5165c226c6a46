"""What the program asks itself is no visitor: it stands in no line of the log."""

from typing import Any

import pytest

from api.plumbing import middleware
from frontend.public_site import _request


class Lines:
    """In place of the log."""

    def __init__(self) -> None:
        self.said: list[str] = []

    def info(self, event: str, **values: Any) -> None:
        self.said.append(event)


async def test_warming_up_is_not_logged_and_a_visitor_is(site, visitor, monkeypatch: pytest.MonkeyPatch):
    lines = Lines()
    monkeypatch.setattr(middleware, "log", lines)
    sent: list[Any] = []

    async def receive() -> Any:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Any) -> None:
        sent.append(message)

    await site(_request("/"), receive, send)
    assert (sent[0]["status"], lines.said) == (200, [])

    await visitor.get("/")
    assert lines.said == ["request"]
