"""A reader of an endless answer: httpx would wait for its end, so the application is called directly."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from typing import Any


class Stream:
    """What has come so far; `until(kind)` waits for the next event of a kind."""

    def __init__(self) -> None:
        self.status = 0
        self.headers: dict[str, str] = {}
        self.text = ""
        self.ended = False
        self.taken = 0
        self._news = asyncio.Event()
        # A reader who takes nothing: the test opens the gate, or leaves it shut.
        self.gate = asyncio.Event()
        self.gate.set()

    async def send(self, message: Any) -> None:
        await self.gate.wait()
        if message["type"] == "http.response.start":
            self.status = message["status"]
            self.headers = {name.decode().lower(): value.decode() for name, value in message["headers"]}
        else:
            self.text += message["body"].decode()
            self.ended = not message.get("more_body", False)
        self._news.set()

    def end(self) -> None:
        """The application is done with it."""
        self.ended = True
        self._news.set()

    @property
    def events(self) -> list[dict[str, Any]]:
        """Every whole event, SSE or lines."""
        if "ndjson" in self.headers.get("content-type", ""):
            return [json.loads(line) for line in self.text.split("\n")[:-1] if line]
        found = []
        for block in self.text.split("\n\n")[:-1]:
            fields = dict(line.split(": ", 1) for line in block.split("\n") if not line.startswith(":"))
            if "data" in fields:
                event = json.loads(fields["data"])
                assert (event["id"], event["type"]) == (fields["id"], fields["event"])
                found.append(event)
        return found

    async def until(self, kind: str, count: int = 1) -> list[dict[str, Any]]:
        """Wait until there are `count` events of the kind; gives all of that kind."""
        async with asyncio.timeout(20):
            while len(found := [event for event in self.events if event["type"] == kind]) < count:
                assert not self.ended, self.text
                self._news.clear()
                await self._news.wait()
        return found

    async def until_ended(self) -> None:
        """Wait for the end."""
        async with asyncio.timeout(20):
            while not self.ended:
                self._news.clear()
                await self._news.wait()


@contextlib.asynccontextmanager
async def stream(app: Any, path: str, *, query: str = "", **headers: str) -> AsyncIterator[Stream]:
    """Open a stream for as long as the block lasts."""
    reader, gone = Stream(), asyncio.Event()

    async def receive() -> Any:
        if not asked:
            asked.append(True)
            return {"type": "http.request", "body": b"", "more_body": False}
        await gone.wait()
        return {"type": "http.disconnect"}

    asked: list[bool] = []
    scope = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "GET", "scheme": "http",
        "path": path, "raw_path": path.encode(), "query_string": query.encode(), "root_path": "",
        "headers": [(b"host", b"testserver"), *((name.replace("_", "-").encode(), value.encode()) for name, value in headers.items())],
        "client": ("127.0.0.1", 1), "server": ("testserver", 80),
    }  # fmt: skip

    async def run() -> None:
        try:
            await app(scope, receive, reader.send)
        finally:
            reader.end()

    task = asyncio.create_task(run())
    try:
        yield reader
    finally:
        gone.set()
        reader.gate.set()
        async with asyncio.timeout(20):
            await task
