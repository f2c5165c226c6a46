"""Caddy with the file of `deploy/` on a port of this machine, and a stand-in for the program behind it."""

import asyncio
import contextlib
import os
import subprocess
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import httpx
import uvicorn

from api.servers.folder import free_port
from tests.deploy.tools import DEPLOY, program

CADDYFILE = DEPLOY / "caddy" / "Caddyfile"


class Proxy:
    """A running Caddy: where it answers, and what it wrote to its log."""

    def __init__(self, url: str, log: Path) -> None:
        self.url = url
        self.log = log


@contextlib.contextmanager
def running_proxy(upstream: str, folder: Path, caddyfile: Path = CADDYFILE) -> Iterator[Proxy]:
    """Run Caddy before `upstream` (host:port) until the block ends."""
    url = f"http://127.0.0.1:{free_port()}"
    settings = {
        "PATH": os.environ["PATH"],
        "SHIBAIQIAN_SITE": url,
        "SHIBAIQIAN_UPSTREAM": upstream,
        "CADDY_ADMIN": f"127.0.0.1:{free_port()}",
        "HOME": str(folder),
        "XDG_DATA_HOME": str(folder),
        "XDG_CONFIG_HOME": str(folder),
    }
    proxy = Proxy(url, folder / "caddy.log")
    with proxy.log.open("wb") as log:
        command = [program("caddy", "caddy"), "run", "--config", str(caddyfile), "--adapter", "caddyfile"]
        process = subprocess.Popen(command, env=settings, stdout=log, stderr=log)
        try:
            _wait_for(process, proxy)
            yield proxy
        finally:
            process.terminate()
            process.wait(10)


def _wait_for(process: "subprocess.Popen[bytes]", proxy: Proxy) -> None:
    while process.poll() is None:
        with contextlib.suppress(httpx.TransportError):
            httpx.get(f"{proxy.url}/metrics")
            return
    raise AssertionError(proxy.log.read_text())


class StandIn:
    """An ASGI program that shows what reaches it, and holds back a live page until it is told to go on."""

    def __init__(self) -> None:
        self.go_on = asyncio.Event()
        self.left = asyncio.Event()
        self.reached: list[str] = []

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            return
        self.reached.append(scope["path"])
        if scope["path"] == "/live":
            await self._stream(receive, send)
            return
        size, more = 0, True
        while more:
            message = await receive()
            if message["type"] == "http.disconnect":
                return
            size, more = size + len(message.get("body", b"")), message.get("more_body", False)
        headers = [(name, value) for name, value in scope["headers"] if name == b"x-forwarded-for"]
        body = b'{"size": %d, "for": "%s", "filling": "%s"}' % (
            size,
            b"".join(v for _, v in headers),
            b" " * 2000,
        )
        await send({"type": "http.response.start", "status": 200,
                    "headers": [(b"content-type", b"application/json"), (b"etag", b'"1"')]})  # fmt: skip
        await send({"type": "http.response.body", "body": body})

    async def _stream(self, receive: Any, send: Any) -> None:
        await send(
            {
                "type": "http.response.start",
                "status": 200,
                "headers": [(b"content-type", b"text/event-stream")],
            }
        )
        await send(
            {
                "type": "http.response.body",
                "body": b"id: 1\ndata: first\n" + b": filling\n" * 200 + b"\n",
                "more_body": True,
            }
        )
        going = asyncio.create_task(self.go_on.wait())
        leaving = asyncio.create_task(_disconnect(receive))
        await asyncio.wait({going, leaving}, return_when=asyncio.FIRST_COMPLETED)
        if leaving.done():
            self.left.set()
            going.cancel()
            return
        leaving.cancel()
        await send({"type": "http.response.body", "body": b"id: 2\ndata: second\n\n"})


async def _disconnect(receive: Any) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


@contextlib.asynccontextmanager
async def standing_in() -> AsyncIterator[tuple[StandIn, str]]:
    """A stand-in that listens, and its host:port."""
    stand_in, port = StandIn(), free_port()
    server = uvicorn.Server(
        uvicorn.Config(stand_in, port=port, log_level="critical", lifespan="off", proxy_headers=False)
    )
    serving = asyncio.create_task(server.serve())
    while not server.started:
        await asyncio.sleep(0.01)
    yield stand_in, f"127.0.0.1:{port}"
    stand_in.go_on.set()
    server.should_exit = True
    await serving
