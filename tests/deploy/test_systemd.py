"""The systemd units, read by systemd's own checker."""

import os
import re
import stat
from pathlib import Path

import pytest

from tests.deploy.tools import DEPLOY, program, run

UNITS = sorted(
    path for path in (DEPLOY / "systemd").iterdir() if path.suffix in (".service", ".target", ".timer")
)
SERVICES = [unit for unit in UNITS if unit.suffix == ".service"]
PROGRAM = "/opt/shibaiqian/current/.venv/bin/shibaiqian"


@pytest.fixture(scope="module")
def units(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The units with programs that are here: the checker looks whether each can be run."""
    folder = tmp_path_factory.mktemp("units")
    for unit in UNITS:
        (folder / unit.name).write_text(
            unit.read_text().replace(PROGRAM, "/bin/true").replace("/usr/bin/pg_dump", "/bin/true")
        )
    return folder


def test_systemd_reads_all_units(units):
    answer = run(program("systemd-analyze", "systemd"), "verify", "--man=no", *sorted(units.iterdir()))

    assert (answer.returncode, answer.stderr) == (0, "")


def test_systemd_finds_a_fault_where_there_is_one(units, tmp_path):
    """The control: the checker says nothing about a good unit only because it would about a bad one."""
    bad = tmp_path / "shibaiqian-bad.service"
    bad.write_text(
        (units / "shibaiqian-web.service").read_text().replace("ProtectSystem=strict", "ProtectSystem=very")
    )

    answer = run(program("systemd-analyze", "systemd"), "verify", "--man=no", bad)

    assert f"{bad.name}:" in answer.stderr


@pytest.mark.parametrize("service", SERVICES, ids=lambda path: path.stem)
def test_service_is_shut_in(service):
    """Exposure by systemd's own measure, 0 to 10: what it calls OK ends at 2 here."""
    answer = run(
        program("systemd-analyze", "systemd"), "security", "--offline=true", "--threshold=20", service
    )

    assert answer.returncode == 0, answer.stdout.splitlines()[-1:]


@pytest.mark.parametrize("service", SERVICES, ids=lambda path: path.stem)
def test_service_is_not_root_and_sees_no_home(service):
    text = service.read_text()

    assert re.search(r"^User=shibaiqian", text, re.MULTILINE)
    for line in ("NoNewPrivileges=yes", "ProtectSystem=strict", "ProtectHome=yes", "CapabilityBoundingSet="):
        assert line in text.splitlines()


def test_pages_and_jobs_never_run_as_who_holds_the_owners_password():
    holders = {unit.stem for unit in SERVICES if "owner.env" in unit.read_text()}
    accounts = {unit.stem: re.findall(r"^User=(.*)$", unit.read_text(), re.MULTILINE) for unit in SERVICES}

    assert holders == {"shibaiqian-migrate", "shibaiqian-backup"}
    assert {unit for unit, names in accounts.items() if names == ["shibaiqian-owner"]} == holders


def test_pages_and_jobs_wait_for_the_schema():
    for name in ("web", "worker"):
        lines = (DEPLOY / "systemd" / f"shibaiqian-{name}.service").read_text().splitlines()
        assert "Requires=shibaiqian-migrate.service" in lines
        assert "After=shibaiqian-migrate.service" in lines


class TestSettings:
    """`make-settings` writes what the units read."""

    @pytest.fixture
    def folder(self, tmp_path: Path) -> Path:
        made = run(DEPLOY / "systemd" / "make-settings", "contest.example.org", tmp_path / "etc")
        assert made.returncode == 0, made.stderr
        return tmp_path / "etc"

    def test_units_read_only_files_that_are_made(self, folder):
        named = {
            path for unit in SERVICES for path in re.findall(r"/etc/shibaiqian/([\w./]+)", unit.read_text())
        }

        assert named == {"shibaiqian.env", "owner.env", "secrets/secret_key"}
        assert all((folder / name).is_file() for name in named)

    def test_nobody_else_reads_them(self, folder):
        for file in (folder / "shibaiqian.env", folder / "owner.env", folder / "secrets"):
            assert not file.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO)

    def test_pages_know_nothing_of_the_owner(self, folder):
        shared = (folder / "shibaiqian.env").read_text()

        assert (folder / "secrets" / "owner_password").read_text() not in shared
        assert "shibaiqian_owner" not in shared

    def test_second_call_keeps_what_is_there(self, folder):
        before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}

        run(DEPLOY / "systemd" / "make-settings", "other.example.org", folder)

        assert {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == before

    def test_without_a_name_nothing_is_made(self, tmp_path):
        answer = run(DEPLOY / "systemd" / "make-settings", env={"PATH": os.environ["PATH"]}, cwd=tmp_path)

        assert answer.returncode != 0
        assert list(tmp_path.iterdir()) == []
