"""The servers of an installation, embedded or the user's own, for as long as a program needs them."""

import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import msgspec

from api.servers import postgres, valkey
from api.servers.account import server_account
from api.servers.engine import Engine
from api.servers.folder import DataFolder, FolderBusyError
from api.servers.postgres import Postgres, Tuning
from api.servers.valkey import Valkey


class Servers(msgspec.Struct, frozen=True):
    """Where the servers are reached. `engines` are those that we started; servers of the user's own are not among them."""

    owner_url: str
    app_url: str
    redis_url: str
    engines: tuple[Engine, ...] = ()


@contextmanager
def running_servers(
    data_dir: Path,
    *,
    tuning: Tuning = "product",
    database_url: str | None = None,
    redis_url: str | None = None,
    owner_url: str | None = None,
) -> Iterator[Servers]:
    """Run PostgreSQL and Valkey on a data folder; on leaving, stop what was started. A URL given replaces that server.

    What a killed supervisor left alive is stopped first, so a start after kill -9 of anything finds its data again. With a
    database of the user's own, migrations run through `owner_url`, by default DATABASE_OWNER_URL or else `database_url`.
    Raises FolderBusyError when another program runs the servers of this folder, EngineError when one does not start. Call it
    from the main thread: on Linux the servers are ended when the thread that started them ends. `tuning="test"` is faster
    and does not survive a power cut.
    """
    folder = DataFolder(data_dir, for_tests=tuning == "test")
    with folder.locked(), ExitStack() as stack:
        account = server_account(folder.path)
        database = None if database_url else Postgres(folder, account, tuning)
        broker = None if redis_url else Valkey(folder, account)
        engines = tuple(engine for engine in (broker, database) if engine)
        for engine in engines:
            stack.callback(engine.stop)
            engine.start()
        yield Servers(
            owner_url=database.url(postgres.OWNER) if database else _owner_url(owner_url, database_url),
            app_url=database.url(postgres.APP) if database else database_url or "",
            redis_url=broker.url() if broker else redis_url or "",
            engines=engines,
        )


def servers_in_use(
    data_dir: Path, *, database_url: str | None = None, redis_url: str | None = None
) -> Servers | None:
    """The servers that another program runs on this data folder now, or None when nobody does."""
    folder = DataFolder(data_dir)
    try:
        with folder.locked():
            return None
    except FolderBusyError:
        database_port = folder.remembered_port(Postgres.name) or 0
        broker_port = folder.remembered_port(Valkey.name) or 0
        return Servers(
            owner_url=_owner_url(None, database_url)
            or postgres.url_of(folder, database_port, postgres.OWNER),
            app_url=database_url or postgres.url_of(folder, database_port, postgres.APP),
            redis_url=redis_url or valkey.url_of(folder, broker_port),
        )


def _owner_url(owner_url: str | None, database_url: str | None) -> str:
    if database_url is None:
        return ""
    return owner_url or os.environ.get("DATABASE_OWNER_URL") or database_url
