"""The doctor names what is wrong and the mend, tells no secret, and changes nothing."""

import asyncio
import shutil
import tempfile
from pathlib import Path
from types import SimpleNamespace

import asyncpg
import pytest
from click.testing import CliRunner, Result

from api.servers import Servers, running_servers
from frontend.cli import main
from frontend.cli.checks import database, machine
from frontend.cli.checks.finding import Finding


def doctor(data: Path, **environment: str) -> Result:
    defaults = {"DATABASE_URL": "", "REDIS_URL": "", "DATABASE_OWNER_URL": ""}
    return CliRunner().invoke(
        main, ["doctor", "--data", str(data), "--port", "20999"], env=defaults | environment
    )


def test_broken_addresses_are_named_with_their_mend_and_without_their_password(tmp_path: Path) -> None:
    answer = doctor(
        tmp_path / "data",
        DATABASE_URL="postgresql://someone:secret-word@127.0.0.1:1/contest",
        REDIS_URL="redis://:secret-word@127.0.0.1:1/0",
    )

    assert answer.exit_code == 1
    lines = [line for line in answer.output.splitlines() if line.startswith("wrong")]
    assert [line.split(":")[0].split()[1] for line in lines] == ["PostgreSQL", "Valkey"]
    assert "→  Check DATABASE_URL" in lines[0]
    assert "→  Check REDIS_URL" in lines[1]
    assert "secret-word" not in answer.output


def test_sound_machine_without_data_is_well_and_stays_as_it_was(tmp_path: Path) -> None:
    answer = doctor(tmp_path / "data")

    assert [line for line in answer.output.splitlines() if line.startswith("wrong")] == []
    assert answer.exit_code == 0
    assert list(tmp_path.iterdir()) == []


def test_application_role_that_owns_a_table_is_wrong() -> None:
    async def look(servers: Servers) -> list[Finding]:
        owner = await asyncpg.connect(servers.owner_url)
        await owner.execute("GRANT CREATE ON SCHEMA public TO shibaiqian_app")
        await owner.close()
        app = await asyncpg.connect(servers.app_url)
        await app.execute("CREATE TABLE mine (one int)")
        await app.close()
        return await database.findings(servers, new=True)

    with tempfile.TemporaryDirectory(prefix="shibaiqian-") as name:
        Path(name).chmod(0o711)
        with running_servers(Path(name), tuning="test", redis_url="redis://unused") as servers:
            found = asyncio.run(look(servers))

    assert [finding.subject for finding in found if finding.wrong] == ["Application role"]


def test_full_disk_and_taken_port_are_wrong(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda path: SimpleNamespace(free=1))
    monkeypatch.setattr(machine, "is_free", lambda port: False)
    monkeypatch.delenv("DATABASE_URL", raising=False)

    assert machine.disk_space(tmp_path).wrong
    assert machine.port_free(8000, tmp_path / "none").wrong


@pytest.mark.parametrize(("status", "wrong"), [(200, False), (503, False), (404, True), (None, True)])
def test_port_of_this_installation_on_its_own_servers_is_not_taken(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, status: int | None, wrong: bool
) -> None:
    """With DATABASE_URL and REDIS_URL nothing locks the data folder, and the running installation was taken for a stranger."""
    monkeypatch.setenv("DATABASE_URL", "postgresql://127.0.0.1/contest")
    monkeypatch.setenv("REDIS_URL", "redis://127.0.0.1/0")
    monkeypatch.setattr(machine, "is_free", lambda port: False)
    monkeypatch.setattr(machine, "health_of", lambda url: status)

    assert machine.port_free(8000, tmp_path / "none").wrong is wrong


def test_data_folder_that_is_a_file_is_wrong(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("")

    assert machine.data_folder(tmp_path / "data").wrong


def test_missing_browser_is_a_note_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SHIBAIQIAN_CHROMIUM", raising=False)
    monkeypatch.setenv("PATH", "")

    finding = machine.chromium()

    assert finding.line().startswith("note")
    assert not finding.wrong
