"""The embedded servers keep their data and leave no process, however the last run ended."""

import asyncio
import contextlib
import os
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import psutil
import pytest
import redis

from api.servers import (
    DataFolder,
    FolderBusyError,
    FolderUnusableError,
    Servers,
    running_servers,
    servers_in_use,
)
from api.servers.account import open_home, server_account, within_reach
from api.servers.postgres import Postgres
from api.servers.processes import lives, living_in
from api.servers.valkey import Valkey

pytestmark = pytest.mark.faults


@pytest.fixture
def data() -> Iterator[Path]:
    """A data folder that the servers' account can reach: pytest's own folders are closed, which has a test of its own."""
    with tempfile.TemporaryDirectory(prefix="shibaiqian-") as name:
        folder = Path(name)
        folder.chmod(0o711)
        yield folder
        for process in server_processes(folder):
            with contextlib.suppress(psutil.NoSuchProcess):
                process.kill()


def sql(url: str, statement: str) -> object:
    """One statement on a connection of its own; sync, because the servers must be started from the main thread."""

    async def run() -> object:
        connection = await asyncpg.connect(url)
        try:
            return await connection.fetchval(statement)
        finally:
            await connection.close()

    return asyncio.run(run())


def engine(servers: Servers, kind: type) -> psutil.Popen:
    process = next(one for one in servers.engines if isinstance(one, kind)).process
    assert process is not None
    return process


def server_processes(folder: Path) -> list[psutil.Process]:
    homes = [(folder / "postgres" / "data", "postgres"), (folder / "valkey", "valkey-server")]
    return [process for home, name in homes for process in living_in(home, name)]


def start_elsewhere(folder: Path) -> subprocess.Popen[str]:
    """The servers under another supervisor, which writes a line when they run and then waits for ever."""
    code = (
        "import pathlib, signal, sys\n"
        "from api.servers import running_servers\n"
        "with running_servers(pathlib.Path(sys.argv[1]), tuning='test'):\n"
        "    print('up', flush=True)\n"
        "    signal.pause()\n"
    )
    process = subprocess.Popen([sys.executable, "-c", code, str(folder)], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "up\n"
    return process


def test_a_second_start_finds_the_data_and_the_ports_again(data: Path) -> None:
    with running_servers(data, tuning="test") as first:
        sql(first.owner_url, "CREATE TABLE kept AS SELECT 'mark' AS word")

    with running_servers(data, tuning="test") as second:
        assert sql(second.owner_url, "SELECT word FROM kept") == "mark"
        assert (second.owner_url, second.app_url, second.redis_url) == (
            first.owner_url,
            first.app_url,
            first.redis_url,
        )


def test_leaving_stops_every_server_process(data: Path) -> None:
    with running_servers(data, tuning="test"):
        assert server_processes(data)

    assert server_processes(data) == []


def test_product_settings_never_acknowledge_what_is_not_durable(data: Path) -> None:
    with running_servers(data) as servers:
        settings = [
            sql(servers.app_url, f"SHOW {name}")
            for name in ("fsync", "full_page_writes", "synchronous_commit")
        ]

    assert settings == ["on", "on", "on"]


def test_the_application_role_may_sign_in_and_nothing_else(data: Path) -> None:
    with running_servers(data, tuning="test") as servers:
        sql(servers.owner_url, "CREATE TABLE secret_table AS SELECT 1 AS one")

        for forbidden in (
            "SELECT one FROM secret_table",
            "CREATE TABLE mine (one int)",
            "CREATE TEMP TABLE mine (one int)",
        ):
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                sql(servers.app_url, forbidden)
        assert (
            sql(
                servers.app_url,
                "SELECT rolsuper OR rolcreatedb OR rolcreaterole FROM pg_roles WHERE rolname = current_user",
            )
            is False
        )


def test_a_wrong_password_is_refused_by_both_servers(data: Path) -> None:
    with running_servers(data, tuning="test") as servers:
        folder = DataFolder(data)
        with pytest.raises(asyncpg.InvalidPasswordError):
            sql(servers.app_url.replace(folder.secret("shibaiqian_app"), "guess"), "SELECT 1")
        with pytest.raises(redis.AuthenticationError):
            redis.Redis.from_url(servers.redis_url.replace(folder.secret("valkey"), "guess")).ping()


def test_secrets_are_readable_by_their_owner_only_and_stand_in_no_argument_list(data: Path) -> None:
    with running_servers(data, tuning="test"):
        files = list((data / "secrets").iterdir())
        assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}
        secrets = [file.read_text() for file in files]
        arguments = " ".join(" ".join(process.cmdline()) for process in server_processes(data))

    assert len(set(secrets)) == len(secrets) == 4
    assert not [secret for secret in secrets if secret in arguments]


def test_postgres_killed_keeps_what_it_acknowledged_and_comes_back_on_its_port(data: Path) -> None:
    with running_servers(data, tuning="test") as servers:
        sql(servers.owner_url, "CREATE TABLE kept AS SELECT 7 AS mark")
        database = next(one for one in servers.engines if isinstance(one, Postgres))
        engine(servers, Postgres).kill()
        engine(servers, Postgres).wait(10)
        assert not database.alive()

        database.begin(keep_port=True)
        database.wait_until_ready()

        assert sql(servers.owner_url, "SELECT mark FROM kept") == 7


def test_valkey_killed_comes_back_on_its_port(data: Path) -> None:
    with running_servers(data, tuning="test") as servers:
        broker = next(one for one in servers.engines if isinstance(one, Valkey))
        engine(servers, Valkey).kill()
        engine(servers, Valkey).wait(10)
        assert not broker.alive()

        broker.begin(keep_port=True)
        broker.wait_until_ready()

        assert redis.Redis.from_url(servers.redis_url).ping()


def test_start_after_kill_of_the_supervisor_alone_finds_the_data(data: Path) -> None:
    supervisor = start_elsewhere(data)
    supervisor.kill()
    supervisor.wait()

    with running_servers(data, tuning="test") as servers:
        assert sql(servers.app_url, "SELECT 1") == 1
    assert server_processes(data) == []


def test_start_after_kill_of_supervisor_and_servers_finds_the_data(data: Path) -> None:
    supervisor = start_elsewhere(data)
    killed = server_processes(data)
    supervisor.kill()
    for process in killed:
        # One of PostgreSQL's own may be through with its work by now.
        with contextlib.suppress(psutil.NoSuchProcess):
            process.kill()
    supervisor.wait()

    with running_servers(data, tuning="test") as servers:
        assert sql(servers.app_url, "SELECT 1") == 1
    assert server_processes(data) == []


def test_a_server_left_alive_by_a_killed_supervisor_is_stopped_before_a_new_one_starts(data: Path) -> None:
    """Without the kernel's signal to children a postmaster outlives its supervisor, so a start may not rely on it."""
    folder = DataFolder(data)
    with running_servers(data, tuning="test") as servers:
        before = next(one for one in servers.engines if isinstance(one, Postgres))
        orphan = before.process
        assert orphan is not None
        before.process = None

    with running_servers(data, tuning="test") as servers:
        assert not lives(orphan)
        assert engine(servers, Postgres).pid != orphan.pid
        assert sql(servers.app_url, "SELECT 1") == 1
    assert folder.remembered_port("postgres")


def test_pid_file_that_names_a_strangers_process_does_not_stop_the_start(data: Path) -> None:
    with running_servers(data, tuning="test") as servers:
        engine(servers, Postgres).kill()
        engine(servers, Postgres).wait(10)
    pid_file = data / "postgres" / "data" / "postmaster.pid"
    # Of the same account, because PostgreSQL takes a process it may not signal for a stranger by itself.
    user = 65534 if os.geteuid() == 0 else None
    stranger = subprocess.Popen(["/bin/sleep", "300"], user=user)
    lines = pid_file.read_text().splitlines() if pid_file.exists() else [""] * 8
    pid_file.write_text("\n".join([str(stranger.pid), *lines[1:]]) + "\n")

    try:
        with running_servers(data, tuning="test") as servers:
            assert sql(servers.app_url, "SELECT 1") == 1
        assert stranger.poll() is None
    finally:
        stranger.kill()
        stranger.wait()


def test_interrupted_first_start_begins_again(data: Path) -> None:
    half = data / "postgres" / "data.new"
    half.mkdir(parents=True)
    (half / "PG_VERSION").write_text("18\n")

    with running_servers(data, tuning="test") as servers:
        assert sql(servers.app_url, "SELECT 1") == 1


def test_two_supervisors_on_one_data_folder_are_refused(data: Path) -> None:
    with running_servers(data, tuning="test") as servers:
        with pytest.raises(FolderBusyError, match=str(os.getpid())), running_servers(data, tuning="test"):
            pass
        assert sql(servers.app_url, "SELECT 1") == 1


def test_servers_in_use_are_found_by_others_and_only_while_they_run(data: Path) -> None:
    with running_servers(data, tuning="test") as servers:
        found = servers_in_use(data)
        assert found is not None
        assert (found.owner_url, found.app_url, found.redis_url) == (
            servers.owner_url,
            servers.app_url,
            servers.redis_url,
        )

    assert servers_in_use(data) is None


def test_servers_of_the_users_own_are_used_as_they_are(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DATABASE_OWNER_URL", raising=False)

    with running_servers(data, database_url="postgresql://own/db", redis_url="redis://own/0") as servers:
        assert servers == Servers("postgresql://own/db", "postgresql://own/db", "redis://own/0")

    monkeypatch.setenv("DATABASE_OWNER_URL", "postgresql://owner@own/db")
    with running_servers(data, database_url="postgresql://own/db", redis_url="redis://own/0") as servers:
        assert servers.owner_url == "postgresql://owner@own/db"
    assert server_processes(data) == []


def test_log_of_a_failed_statement_names_no_value(data: Path) -> None:
    with running_servers(data, tuning="test") as servers:
        sql(servers.owner_url, "CREATE TABLE person (id_number text UNIQUE)")
        with pytest.raises(asyncpg.UniqueViolationError):
            sql(servers.owner_url, "INSERT INTO person VALUES ('001122'), ('001122')")

    assert "001122" not in (data / "logs" / "postgres.log").read_text()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has an account to drop")
def test_root_hands_the_servers_to_an_account_without_rights(data: Path) -> None:
    with running_servers(data, tuning="test"):
        owners = {process.uids().effective for process in server_processes(data)}

    assert owners == {65534}


@pytest.fixture
def ground(data: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    place = data / "ground"
    place.mkdir(mode=0o755)
    monkeypatch.setattr("api.servers.account.OPEN_GROUND", place)
    monkeypatch.setattr("api.servers.folder.OPEN_GROUND", place)
    return place


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can have a home that others cannot enter")
def test_root_with_a_closed_home_keeps_the_servers_where_their_account_can_go(
    data: Path, ground: Path
) -> None:
    closed = data / "closed"
    closed.mkdir(mode=0o700)

    for _ in ("first", "second"):
        with running_servers(closed / "data", tuning="test") as servers:
            assert sql(servers.app_url, "SELECT 1") == 1
            home = (closed / "data" / "postgres").resolve()

    assert home.is_relative_to(ground.resolve())
    assert (home.parent / "data-folder").resolve() == (closed / "data").resolve()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can have a home that others cannot enter")
@pytest.mark.parametrize(("for_tests", "stays"), [(True, False), (False, True)])
def test_only_tests_lose_what_their_vanished_data_folder_left(
    data: Path, ground: Path, for_tests: bool, stays: bool
) -> None:
    nobody = server_account(data)
    assert nobody is not None
    old = open_home(data / "vanished", "postgres", nobody, for_tests=for_tests)

    open_home(data, "postgres", nobody, for_tests=for_tests)

    assert old.exists() is stays


@pytest.mark.skipif(os.geteuid() != 0, reason="the account is dropped by root only")
def test_programs_in_a_closed_folder_are_copied_to_where_the_account_can_run_them(
    data: Path, ground: Path
) -> None:
    package, libraries = data / "closed" / "package", data / "closed" / "package.libs"
    package.mkdir(parents=True)
    libraries.mkdir()
    (package / "program").write_text("text")
    (data / "closed").chmod(0o700)
    account = server_account(data)

    copied = within_reach(account, (package, libraries), "package-1")

    assert copied == (ground / "package-1" / "package", ground / "package-1" / "package.libs")
    assert (copied[0] / "program").read_text() == "text"
    assert within_reach(account, (package, libraries), "package-1") == copied
    assert within_reach(None, (package, libraries), "package-1") == (package, libraries)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may give files away")
def test_root_leaves_a_users_installation_to_that_user(data: Path) -> None:
    os.chown(data, 12345, 12345)
    home = data / "valkey"

    with running_servers(data, database_url="postgresql://own/db") as servers:
        assert engine(servers, Valkey).uids().effective == 12345
        assert home.stat().st_uid == 12345


def test_a_link_planted_as_a_servers_home_is_refused(data: Path) -> None:
    (data / "victim").mkdir()
    (data / "valkey").symlink_to(data / "victim")

    with (
        pytest.raises(FolderUnusableError, match="valkey is a link"),
        running_servers(data, database_url="postgresql://own/db"),
    ):
        pass
