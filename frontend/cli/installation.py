"""What every command needs to know about the installation it works on: its servers, and the settings of this process."""

import asyncio
import contextlib
import importlib
import inspect
import os
import signal
import socket
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar, cast

import click

from api.plumbing.settings import Settings
from api.servers import (
    EngineError,
    FolderBusyError,
    FolderUnusableError,
    Servers,
    running_servers,
    servers_in_use,
)

Answer = TypeVar("Answer")

data_option = click.option(
    "--data",
    type=click.Path(file_okay=False, path_type=Path),
    envvar="SHIBAIQIAN_DATA",
    default=Path(".shibaiqian"),
    show_default=True,
    help="Data folder.",
)


@contextmanager
def installation(data: Path) -> Iterator[Settings]:
    """Settings of this process, with servers behind them: the user's own, those that already run, or ours for as long."""
    with plain_errors(), _servers(data) as servers:
        os.environ.update(environment(data, servers))
        yield Settings.from_environment()


def own_servers() -> tuple[str | None, str | None]:
    """DATABASE_URL and REDIS_URL, where the user has servers already."""
    return os.environ.get("DATABASE_URL") or None, os.environ.get("REDIS_URL") or None


def require_own_broker() -> None:
    """Look at the server of REDIS_URL, where there is one. Raises ClickException with the mend where nobody answers."""
    url = own_servers()[1]
    if not url:
        return
    # Its libraries are large, and a supervisor that has servers of its own would keep them for as long as it runs.
    from frontend.cli.checks.database import broker

    finding = broker(url)
    if finding is not None and finding.wrong:
        raise click.ClickException(f"The server of REDIS_URL, {finding.state.rstrip('.')}. {finding.mend}")


def environment(data: Path, servers: Servers) -> dict[str, str]:
    """What a process of this installation finds in its environment."""
    folder = data.absolute()
    return {
        "DATABASE_URL": servers.app_url,
        "DATABASE_OWNER_URL": servers.owner_url,
        "REDIS_URL": servers.redis_url,
        "SHIBAIQIAN_DATA": str(folder),
        "SHIBAIQIAN_SECRET_KEY_FILE": os.environ.get(
            "SHIBAIQIAN_SECRET_KEY_FILE", str(folder / "secret.key")
        ),
    }


@contextmanager
def plain_errors() -> Iterator[None]:
    """Turn what a user can mend into one line instead of a traceback."""
    try:
        yield
    except (EngineError, FolderBusyError, FolderUnusableError) as error:
        raise click.ClickException(str(error)) from error
    except Exception as error:
        told = _own_database_refuses(error) if own_servers()[0] else None
        if told is None:
            raise
        raise click.ClickException(told) from error


def _own_database_refuses(error: Exception) -> str | None:
    """How the user's own database keeps us out: not there, unknown, it knows no such user or database, or the user lacks a right."""
    # Here and not above: their libraries are large, and a supervisor with servers of its own lives long and needs little.
    import asyncpg

    from api.plumbing.db import APP_ROLE

    if isinstance(error, asyncpg.InsufficientPrivilegeError):
        return (
            f"The user of DATABASE_URL lacks a right: {error}.\n"
            f"As a superuser of that server: GRANT {APP_ROLE} TO the user of DATABASE_URL;"
        )
    unreachable = (
        ConnectionError,
        TimeoutError,
        socket.gaierror,
        asyncpg.PostgresConnectionError,
        asyncpg.CannotConnectNowError,
        asyncpg.InvalidAuthorizationSpecificationError,
        asyncpg.InvalidCatalogNameError,
    )
    return (
        f"The database of DATABASE_URL does not let us in: {error}"
        if isinstance(error, unreachable)
        else None
    )


def part(module: str, name: str) -> Any:  # noqa: ANN401 - what it is stands in the room that holds it
    """The function `name` of a room, imported now; says so plainly where this version does not have it."""
    try:
        return getattr(importlib.import_module(module), name)
    except ModuleNotFoundError as error:
        if error.name is None or not module.startswith(error.name):
            raise
        raise click.ClickException(
            f"This version has no {module}.{name} yet, so the command cannot go on."
        ) from error


def settled(answer: Answer | Coroutine[object, object, Answer]) -> Answer:
    """The answer of a room's function, run to its end if it is asynchronous."""
    return asyncio.run(answer) if inspect.iscoroutine(answer) else cast("Answer", answer)


def until_signal(*works: Coroutine[object, object, object]) -> None:
    """Run loops that have no end of their own, until Ctrl-C or SIGTERM cancels them; one that fails ends all."""
    import uvloop

    async def run() -> None:
        task = asyncio.ensure_future(asyncio.gather(*works))
        for number in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(number, task.cancel)
        with contextlib.suppress(asyncio.CancelledError):
            await task

    uvloop.run(run())


@contextmanager
def _servers(data: Path) -> Iterator[Servers]:
    database_url, redis_url = own_servers()
    if database_url and redis_url:
        # Nothing of the data folder runs, so nothing is locked: any number of processes may work at once.
        yield Servers(os.environ.get("DATABASE_OWNER_URL") or database_url, database_url, redis_url)
        return
    in_use = servers_in_use(data, database_url=database_url, redis_url=redis_url)
    if in_use:
        yield in_use
        return
    with running_servers(data, database_url=database_url, redis_url=redis_url) as servers:
        yield servers
