"""`shibaiqian doctor`: one line for each thing looked at, and the mend where it is wrong."""

import asyncio
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from api.servers import (
    EngineError,
    FolderBusyError,
    FolderUnusableError,
    Servers,
    running_servers,
    servers_in_use,
)
from frontend.cli.checks import database, machine
from frontend.cli.checks.finding import Finding
from frontend.cli.installation import data_option, own_servers


@click.command("doctor")
@click.option(
    "--port",
    default=8000,
    show_default=True,
    type=click.IntRange(1, 65535),
    help="Port that the pages will use.",
)
@data_option
def command(port: int, data: Path) -> None:
    """Say what is wrong with this installation, and the mend.

    One line each. Ends with 1 if anything is wrong. Changes nothing: servers started for the look are stopped again.
    """
    findings = list(_look(port, data))
    for finding in findings:
        click.echo(finding.line())
    if any(finding.wrong for finding in findings):
        raise SystemExit(1)


def _look(port: int, data: Path) -> Iterator[Finding]:
    yield machine.python_version()
    yield machine.packages()
    yield machine.time_zone()
    yield machine.disk_space(data)
    yield machine.data_folder(data)
    yield machine.port_free(port, data)
    yield machine.chromium()
    try:
        with _servers(data) as servers:
            yield from asyncio.run(
                database.findings(servers, new=own_servers()[0] is None and not data.exists())
            )
            yield database.broker(servers.redis_url)
    except (EngineError, FolderBusyError, FolderUnusableError) as error:
        yield Finding(
            "Embedded servers",
            f"do not start: {error}",
            "Read the log named above, or set DATABASE_URL and REDIS_URL.",
        )


@contextmanager
def _servers(data: Path) -> Iterator[Servers]:
    """The servers that commands would use now; where there is no data folder yet, fresh ones that leave nothing behind."""
    database_url, redis_url = own_servers()
    with tempfile.TemporaryDirectory(prefix="shibaiqian-") as spare:
        Path(spare).chmod(0o711)
        folder = data if data.exists() else Path(spare)
        in_use = servers_in_use(folder, database_url=database_url, redis_url=redis_url)
        if in_use:
            yield in_use
            return
        with running_servers(folder, database_url=database_url, redis_url=redis_url) as servers:
            yield servers
