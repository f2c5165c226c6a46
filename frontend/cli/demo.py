"""`shibaiqian demo`: everything at once, with a season in it, for trying the product and for its tests."""

import contextlib
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import click
import msgspec

from api.servers import DataFolder, FolderBusyError, running_servers
from api.servers.folder import free_port, is_free
from frontend.cli.answering import wait_until_answering
from frontend.cli.installation import (
    data_option,
    environment,
    own_servers,
    plain_errors,
    require_own_broker,
)
from frontend.cli.progress import Progress
from frontend.cli.supervisor import (
    MARK,
    Child,
    EngineUnit,
    StopSignals,
    Supervisor,
    Unit,
    stop_all,
    stop_leftovers,
)

_RUNNING = "running.json"
_PROGRAM = (sys.executable, "-m", "frontend.cli")


class Running(msgspec.Struct):
    """What a second start on the same data folder needs to know of the first."""

    url: str
    pid: int


class Ready(msgspec.Struct):
    """What `--json` prints when everything answers."""

    url: str
    links: dict[str, str]
    data: str


@click.command("demo")
@click.option(
    "--port",
    default=8000,
    show_default=True,
    type=click.IntRange(0, 65535),
    help="Port of the pages; 0 takes a free one.",
)
@data_option
@click.option(
    "--scale",
    default=300,
    show_default=True,
    type=click.IntRange(50, 10_000),
    help="Workers in the demo season.",
)
@click.option(
    "--json",
    "as_json",
    is_flag=True,
    help="When ready, print one JSON object and nothing else to standard output.",
)
def command(port: int, data: Path, scale: int, as_json: bool) -> None:
    """Start everything with a demo season and print a sign-in link per role.

    Servers, pages, jobs and a judge who marks run until Ctrl-C. A second start finds its data again, also after a crash.
    To begin afresh, stop it and delete the data folder.
    """
    progress = Progress()
    with plain_errors():
        try:
            with StopSignals() as signals, ExitStack() as stack:
                with signals.quiet_on_the_way_out():
                    ready, supervisor = _start(stack, data.absolute(), port, scale, progress)
                    _print(ready, as_json)
                    supervisor.watch(signals)
                progress.done()
                progress.say("Stopping …")
        except KeyboardInterrupt:
            pass
        except FolderBusyError as error:
            raise click.ClickException(_who_runs(data, error)) from error
    progress.say(f"Stopped. The data stays in {data.absolute()}.")


def _start(
    stack: ExitStack, data: Path, port: int, scale: int, progress: Progress
) -> tuple[Ready, Supervisor]:
    """Bring everything up, in the order in which one needs the other; `stack` takes it all down again."""
    require_own_broker()
    database_url, redis_url = own_servers()
    progress.step("Starting PostgreSQL and Valkey")
    # Standard output belongs to the answer; whatever a library prints on the way is progress.
    with contextlib.redirect_stdout(sys.stderr):
        servers = stack.enter_context(running_servers(data, database_url=database_url, redis_url=redis_url))
        if stop_leftovers(data):
            progress.say("Stopped what the last run had left behind.")
        url = _url(port)
        # The children inherit it.
        os.environ.update(environment(data, servers), SHIBAIQIAN_DEMO="1", SHIBAIQIAN_BASE_URL=url)
        stack.enter_context(_announced(data, url))
        progress.done()
        links = _links(data, scale)

        progress.step("Starting pages, jobs and the robot judge")
        children = _children(data, url)
        stack.callback(stop_all, children)
        for child in children:
            child.revive()
        wait_until_answering(url, children[0])
    progress.done()
    units: list[Unit] = [*map(EngineUnit, servers.engines), *children]
    return Ready(url, links, str(data)), Supervisor(units, progress.say)


def _links(data: Path, scale: int) -> dict[str, str]:
    """Have the database and its season made ready. In a process of its own: what that takes is given back when it ends.

    Raises SystemExit with its code; it has told why.
    """
    words = [*_PROGRAM, "demo-season", "--scale", str(scale), "--data", str(data)]
    made = subprocess.run(  # noqa: S603 - our own program
        words, stdout=subprocess.PIPE, env={**os.environ, MARK: str(data.resolve())}, check=False
    )
    if made.returncode:
        raise SystemExit(made.returncode)
    return msgspec.json.decode(made.stdout, type=dict[str, str])


def _children(data: Path, url: str) -> list[Child]:
    port = url.rsplit(":", 1)[1]
    # One process: a worker of its own would be sixty megabytes for whoever only looks.
    return [Child("api", [*_PROGRAM, "serve", "--port", port, "--jobs"], os.environ, data)]


def _url(port: int) -> str:
    """The address of the pages. Raises ClickException where the port asked for is taken."""
    if port == 0:
        port = free_port()
    elif not is_free(port):
        raise click.ClickException(
            f"Port {port} is in use by another program. Choose another with --port, or --port 0 for a free one."
        )
    return f"http://127.0.0.1:{port}"


@contextmanager
def _announced(data: Path, url: str) -> Iterator[None]:
    DataFolder(data).write_private(_RUNNING, msgspec.json.encode(Running(url, os.getpid())).decode())
    try:
        yield
    finally:
        (data / _RUNNING).unlink(missing_ok=True)


def _who_runs(data: Path, error: FolderBusyError) -> str:
    try:
        running = msgspec.json.decode((data / _RUNNING).read_bytes(), type=Running)
    except (OSError, msgspec.DecodeError):
        return f"{error} Stop it, or name another folder with --data."
    return (
        f"Shibaiqian already runs on this data folder at {running.url} (process {running.pid}). "
        "Open that address, stop it with Ctrl-C, or name another folder with --data."
    )


def _print(ready: Ready, as_json: bool) -> None:
    if as_json:
        click.echo(msgspec.json.encode(ready).decode())
        return
    width = max((len(role) for role in ready.links), default=0)
    lines = [f"  {role:<{width}}  {link}" for role, link in ready.links.items()]
    click.echo(
        "\n".join(["", f"Shibaiqian runs at {ready.url}", "", "Sign in as", *lines, "", "Ctrl-C stops it."])
    )
