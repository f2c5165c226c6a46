"""The steps of deploy/README.md on a real PostgreSQL 18: settings, roles, migrations, pages behind Caddy, dump and return."""

import contextlib
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

import httpx
import pytest

from api.servers import Servers, running_servers
from api.servers.folder import DataFolder, free_port
from api.servers.postgres import Postgres
from frontend.cli.answering import health_of
from tests.deploy.proxy import running_proxy
from tests.deploy.tools import DEPLOY, run

PROGRAM = [sys.executable, "-m", "frontend.cli"]
PASSWORD = "kran-segel-mohn-41"


class Installation(NamedTuple):
    """A server of one's own, and the settings that the units would read."""

    superuser: Mapping[str, str]
    shared: Mapping[str, str]
    owner: Mapping[str, str]
    passwords: Mapping[str, str]
    programs: Path


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """An empty PostgreSQL on which init.sql and the migrations have run, as in the steps for a fresh server."""
    folder = tmp_path_factory.mktemp("own")
    with running_servers(folder / "servers", tuning="test") as servers:
        place = _prepare(servers, folder)
        _begin_afresh(place)
        _check(run(*PROGRAM, "migrate", env={**place.shared, **place.owner}))
        yield place


def _prepare(servers: Servers, folder: Path) -> Installation:
    _check(run(DEPLOY / "systemd" / "make-settings", "contest.example.org", folder / "etc"))
    database = next(engine for engine in servers.engines if isinstance(engine, Postgres))
    machine = {"PATH": os.environ["PATH"], "PGHOST": "127.0.0.1", "PGPORT": str(database.port)}
    settings = {
        name: _settings(folder / "etc" / name, database.port) for name in ("shibaiqian.env", "owner.env")
    }
    return Installation(
        superuser=machine
        | {"PGUSER": "postgres", "PGPASSWORD": DataFolder(folder / "servers").secret("postgres")},
        shared={
            **{"PATH": os.environ["PATH"]},
            **settings["shibaiqian.env"],
            "REDIS_URL": servers.redis_url,
            "SHIBAIQIAN_SECRET_KEY_FILE": str(folder / "etc" / "secrets" / "secret_key"),
        },
        owner=settings["owner.env"],
        passwords=_passwords(folder / "etc"),
        programs=database.programs,
    )


def _settings(file: Path, port: int) -> dict[str, str]:
    """The file as systemd reads it, on the port that this server got."""
    pairs = (line.split("=", maxsplit=1) for line in file.read_text().splitlines())
    return {
        name: value.replace(":5432/", f":{port}/") if name != "PGPORT" else str(port) for name, value in pairs
    }


def _passwords(etc: Path) -> dict[str, str]:
    return {
        f"{who.upper()}_PASSWORD": (etc / "secrets" / f"{who}_password").read_text()
        for who in ("owner", "app")
    }


def _begin_afresh(place: Installation) -> None:
    """A server without roles and database of ours, then init.sql; the embedded server had brought its own."""
    for line in (
        "DROP DATABASE shibaiqian WITH (FORCE)",
        "DROP ROLE shibaiqian_owner",
        "DROP ROLE shibaiqian_app",
    ):
        _sql(place, line, "postgres")
    script = DEPLOY / "postgres" / "init.sql"
    _check(
        run(
            place.programs / "psql",
            "-qX",
            "-d",
            "postgres",
            "-f",
            script,
            env={**place.superuser, **place.passwords},
        )
    )


def _sql(place: Installation, line: str, database: str = "shibaiqian", **account: str) -> str:
    answer = run(
        place.programs / "psql", "-qXAt", "-d", database, "-c", line, env={**place.superuser, **account}
    )
    _check(answer)
    return answer.stdout.strip()


def _check(answer: "subprocess.CompletedProcess[str]") -> None:
    assert answer.returncode == 0, answer.stderr


def _as_program(place: Installation) -> dict[str, str]:
    password = place.shared["DATABASE_URL"].split(":")[2].split("@")[0]
    return {"PGUSER": "shibaiqian_app", "PGPASSWORD": password}


def test_program_has_no_tables_of_its_own_and_may_make_none(installation):
    owners = _sql(installation, "SELECT DISTINCT tableowner FROM pg_tables WHERE schemaname = 'public'")

    assert owners == "shibaiqian_owner"
    with pytest.raises(AssertionError, match="permission denied"):
        _sql(installation, "CREATE TABLE mine ()", **_as_program(installation))
    with pytest.raises(AssertionError, match="permission denied"):
        _sql(installation, "TRUNCATE ledger", **_as_program(installation))


def test_log_of_the_server_quotes_no_rows(installation):
    assert _sql(installation, "SHOW log_error_verbosity", **_as_program(installation)) == "terse"
    assert _sql(installation, "SHOW log_min_error_statement", **_as_program(installation)) == "panic"


def test_second_run_of_the_migrations_changes_nothing(installation):
    answer = run(*PROGRAM, "migrate", env={**installation.shared, **installation.owner})

    assert "up to date" in answer.stdout


def test_doctor_finds_nothing_wrong(installation):
    answer = run(
        *PROGRAM, "doctor", "--port", str(free_port()), env={**installation.shared, **installation.owner}
    )

    assert [line for line in answer.stdout.splitlines() if line.startswith("wrong")] == []


def test_pages_behind_caddy(installation, tmp_path):
    with _serving(installation, tmp_path) as port, running_proxy(f"127.0.0.1:{port}", tmp_path) as proxy:
        inside = httpx.get(f"http://127.0.0.1:{port}/metrics", timeout=60)
        answers = {
            path: httpx.get(proxy.url + path, timeout=60)
            for path in ("/health", "/openapi.json", "/api/v1/regions", "/metrics")
        }

    assert (inside.status_code, answers["/metrics"].status_code) == (200, 404)
    assert b"sbq_requests" not in answers["/metrics"].content
    for path in ("/health", "/openapi.json", "/api/v1/regions"):
        headers = answers[path].headers
        assert answers[path].status_code == 200, path
        for name in (
            "content-security-policy",
            "strict-transport-security",
            "x-content-type-options",
            "x-request-id",
        ):
            assert len(headers.get_list(name)) == 1, name
        assert headers.get_list("server") == ["Caddy"]


def test_administrator_signs_in_through_caddy_with_a_secure_cookie(installation, tmp_path):
    made = subprocess.run([*PROGRAM, "create-admin", "--name", "first", "--password-stdin"], input=PASSWORD + "\n",
                          env=dict(installation.shared), capture_output=True, text=True, check=False)  # fmt: skip
    _check(made)

    with _serving(installation, tmp_path) as port, running_proxy(f"127.0.0.1:{port}", tmp_path) as proxy:
        answer = httpx.post(f"{proxy.url}/api/v1/sign-in", json={"login": "first", "password": PASSWORD})

    assert answer.status_code == 200, answer.text
    assert "secure" in answer.headers["set-cookie"].lower()


def test_dump_of_the_night_comes_back(installation, tmp_path):
    """What shibaiqian-backup.service writes, into a fresh server: the same rows, the same rights, the same triggers."""
    asked = (
        "SELECT (SELECT count(*) FROM region), (SELECT count(*) FROM pg_trigger WHERE NOT tgisinternal), "
        "(SELECT md5(string_agg(relname || relacl::text, ',' ORDER BY relname)) FROM pg_class WHERE relacl IS NOT NULL "
        "AND relnamespace = 'public'::regnamespace)"
    )
    before = _sql(installation, asked)
    owner = {"PATH": os.environ["PATH"], **installation.owner}

    _check(run(installation.programs / "pg_dump", "--format=custom", f"--file={tmp_path}/half", env=owner))
    _begin_afresh(installation)
    _check(
        run(
            installation.programs / "pg_restore",
            "--exit-on-error",
            "--dbname=shibaiqian",
            f"{tmp_path}/half",
            env=owner,
        )
    )

    assert _sql(installation, asked) == before


@contextlib.contextmanager
def _serving(place: Installation, folder: Path) -> Iterator[int]:
    port = free_port()
    with (folder / "web.log").open("wb") as log:
        process = subprocess.Popen(
            [*PROGRAM, "serve", "--port", str(port)], env=dict(place.shared), stdout=log, stderr=log
        )
        try:
            while health_of(f"http://127.0.0.1:{port}") != 200:
                assert process.poll() is None, (folder / "web.log").read_text()
            yield port
        finally:
            process.terminate()
            process.wait(20)
