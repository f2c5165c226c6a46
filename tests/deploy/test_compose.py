"""compose.yaml: read by the tool that will start it, and held to our own rules."""

import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.deploy.tools import DEPLOY, run

OURS = ("app", "worker", "migrate")
SECRETS = {
    "app_password",
    "database_owner_url",
    "database_url",
    "owner_password",
    "postgres_password",
    "secret_key",
}


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    document: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yaml").read_text())
    return document


def compose_tool() -> list[str]:
    """`docker compose`, or the stand-alone program of Debian."""
    docker = shutil.which("docker")
    if docker and run(docker, "compose", "version").returncode == 0:
        return [docker, "compose"]
    alone = shutil.which("docker-compose")
    if alone is None:
        pytest.skip("no Compose here (Debian: apt-get install docker-compose)")
    return [alone]


def checked(folder: Path, **settings: str) -> subprocess.CompletedProcess[str]:
    return run(*compose_tool(), "--file", folder / "compose.yaml", "config",
               env={"PATH": os.environ["PATH"], "HOME": str(folder), **settings}, cwd=folder)  # fmt: skip


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """deploy/ as on a server, with its secrets made."""
    place = tmp_path / "deploy"
    shutil.copytree(DEPLOY, place, ignore=shutil.ignore_patterns("secrets", ".env"))
    made = run(place / "make-secrets")
    assert made.returncode == 0, made.stderr
    return place


def test_compose_reads_the_file_with_the_settings_of_the_example(folder):
    shutil.copy(folder / "env.example", folder / ".env")

    answer = checked(folder)

    assert answer.returncode == 0, answer.stderr
    read = yaml.safe_load(answer.stdout)
    assert read["services"]["app"]["environment"]["SHIBAIQIAN_BASE_URL"] == "https://contest.example.org"


def test_compose_refuses_to_start_without_an_address(folder):
    answer = checked(folder)

    assert answer.returncode != 0
    assert "deploy/.env" in answer.stderr


def test_only_the_proxy_is_reached_from_outside(compose):
    services = compose["services"]

    assert [name for name, service in services.items() if "ports" in service] == ["caddy"]
    assert [name for name, service in services.items() if "front" in service["networks"]] == ["app", "caddy"]
    assert compose["networks"]["back"]["internal"] is True


def test_program_has_no_rights_and_writes_nowhere(compose):
    for name in OURS:
        service = compose["services"][name]
        assert service["read_only"] is True
        assert service["cap_drop"] == ["ALL"]
        assert service["security_opt"] == ["no-new-privileges:true"]
        assert "user" not in service, "the image's own account, which is not root"


def test_owner_of_the_tables_is_known_to_migrations_only(compose):
    holders = [
        name
        for name, service in compose["services"].items()
        if "database_owner_url" in service.get("secrets", [])
    ]

    assert holders == ["migrate"]


def test_no_secret_stands_in_the_environment(compose):
    for service in compose["services"].values():
        for name, value in service.get("environment", {}).items():
            assert name.endswith("_FILE") or not any(
                word in name for word in ("PASSWORD", "SECRET", "DATABASE")
            ), name
            assert "@" not in str(value)


def test_every_service_is_watched_or_says_why_not(compose):
    unwatched = [
        name
        for name, service in compose["services"].items()
        if service.get("healthcheck", {}).get("disable") or ("healthcheck" not in service and name != "app")
    ]

    assert unwatched == ["worker", "migrate"]


def test_pages_wait_for_the_schema(compose):
    for name in ("app", "worker"):
        waits = compose["services"][name]["depends_on"]
        assert waits["migrate"] == {"condition": "service_completed_successfully"}


def test_only_data_that_must_stay_has_a_volume(compose):
    assert set(compose["volumes"]) == {"postgres", "caddy_data", "caddy_config"}
    assert "postgres:/var/lib/postgresql" in compose["services"]["postgres"]["volumes"]


def test_files_that_are_mounted_exist(compose):
    mounts = [
        volume.split(":")[0]
        for service in compose["services"].values()
        for volume in service.get("volumes", [])
        if volume.startswith(".")
    ]

    assert mounts
    assert all((DEPLOY / name).exists() for name in mounts)


class TestSecrets:
    """`make-secrets` makes what compose.yaml names."""

    def test_made_once_and_never_again(self, folder):
        before = {path.name: path.read_text() for path in (folder / "secrets").iterdir()}

        run(folder / "make-secrets")

        assert set(before) == SECRETS
        assert {path.name: path.read_text() for path in (folder / "secrets").iterdir()} == before

    def test_only_the_owner_of_the_folder_reaches_them(self, folder):
        assert (folder / "secrets").stat().st_mode & 0o777 == 0o700

    def test_addresses_hold_the_passwords(self, folder):
        secrets = {path.name: path.read_text() for path in (folder / "secrets").iterdir()}

        assert (
            secrets["database_url"]
            == f"postgresql://shibaiqian_app:{secrets['app_password']}@postgres:5432/shibaiqian"
        )
        assert secrets["owner_password"] in secrets["database_owner_url"]
        assert len({secrets[name] for name in SECRETS}) == len(SECRETS)

    def test_are_those_that_compose_names(self, compose):
        assert set(compose["secrets"]) == SECRETS
        used = {name for service in compose["services"].values() for name in service.get("secrets", [])}
        assert used == SECRETS
