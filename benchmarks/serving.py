"""How a benchmark starts a server beside itself, and knows that it answers."""

import contextlib
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import click
import httpx

from api.servers.folder import free_port

Process = subprocess.Popen[bytes]


@contextlib.contextmanager
def program(words: Sequence[str], data: Path, log: Path, environment: Mapping[str, str]) -> Iterator[Process]:
    """A program of the product on a data folder, its output in `log`, until the block ends."""
    command = [sys.executable, "-m", "frontend.cli", *words, "--data", str(data)]
    with log.open("wb") as file:
        process = subprocess.Popen(command, env=os.environ | environment, stdout=file, stderr=file)
        try:
            yield process
        finally:
            process.terminate()
            process.wait(20)


def wait_until_healthy(port: int, process: Process, log: Path) -> None:
    """Return once the product answers that its database does. Raises ClickException with the end of its log."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and process.poll() is None:
        with contextlib.suppress(httpx.TransportError):
            if httpx.get(f"http://127.0.0.1:{port}/health").status_code == 200:
                return
        time.sleep(0.1)
    raise click.ClickException(f"the server did not start: {log.read_text()[-2000:]}")


@contextlib.contextmanager
def uvicorn_server(
    app: str, environment: Mapping[str, str], *, folder: Path | None = None, factory: bool = False
) -> Iterator[int]:
    """The port of one uvicorn process with the product's settings (uvloop, httptools, no access log). `folder` is where `app` lies."""
    port = free_port()
    words = [
        app, "--host", "127.0.0.1", "--port", str(port), "--loop", "uvloop", "--http", "httptools", "--no-access-log",
        "--log-level", "error", *(["--factory"] if factory else []), *(["--app-dir", str(folder)] if folder else []),
    ]  # fmt: skip
    # The product writes a line for each request there.
    process = subprocess.Popen(
        [sys.executable, "-m", "uvicorn", *words], env=os.environ | environment, stderr=subprocess.DEVNULL
    )
    try:
        _wait_until_open(port, app)
        yield port
    finally:
        # A stream never ends by itself, and nothing here is worth waiting for.
        process.kill()
        process.wait()


def _wait_until_open(port: int, app: str) -> None:
    for _ in range(200):
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        time.sleep(0.05)
    raise click.ClickException(f"{app} did not start")
