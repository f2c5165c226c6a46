"""The first administrator is made without his password standing anywhere."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from api.plumbing.problems import Problem
from frontend.cli import create_admin, main


@pytest.fixture
def created(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[tuple[str, str]]]:
    """What would have been created; the command behind it has tests of its own."""
    accounts: list[tuple[str, str]] = []

    async def create(settings: object, name: str, password: str) -> None:
        if name == "taken":
            raise Problem("not_found")
        accounts.append((name, password))

    monkeypatch.setattr(create_admin, "_create", create)
    yield accounts


def call(*words: str, typed: str) -> Result:
    # Servers of one's own, so that none is started; nothing connects to them here.
    own = {"DATABASE_URL": "postgresql://own/db", "REDIS_URL": "redis://own/0"}
    with tempfile.TemporaryDirectory() as data:
        return CliRunner().invoke(main, ["create-admin", "--data", data, *words], input=typed, env=own)


def test_password_is_asked_for_twice_and_never_shown(created: list[tuple[str, str]]) -> None:
    answer = call("--name", "chief", typed="long secret words\nlong secret words\n")

    assert answer.exit_code == 0, answer.output
    assert created == [("chief", "long secret words")]
    assert "long secret words" not in answer.output


def test_password_comes_from_standard_input_for_scripts(created: list[tuple[str, str]]) -> None:
    assert call("--name", "chief", "--password-stdin", typed="long secret words\n").exit_code == 0

    assert created == [("chief", "long secret words")]


def test_empty_standard_input_makes_no_account(created: list[tuple[str, str]]) -> None:
    answer = call("--name", "chief", "--password-stdin", typed="")

    assert answer.exit_code == 1
    assert "no password" in answer.output
    assert created == []


def test_refusal_is_told_in_words_without_a_traceback(created: list[tuple[str, str]]) -> None:
    answer = call("--name", "taken", "--password-stdin", typed="long secret words\n")

    assert answer.exit_code == 1
    assert answer.output.startswith("Error: ")
    assert "Traceback" not in answer.output


def test_new_data_folder_needs_nothing_before(tmp_path: Path) -> None:
    # In a process of its own: the command changes its environment.
    def make() -> subprocess.CompletedProcess[str]:
        words = ["create-admin", "--data", str(tmp_path / "data"), "--name", "first", "--password-stdin"]
        return subprocess.run(
            [sys.executable, "-m", "frontend.cli", *words],
            env={**os.environ, "DATABASE_URL": "", "REDIS_URL": "", "DATABASE_OWNER_URL": ""},
            input="long secret words here\n",
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )

    first, again = make(), make()

    assert first.returncode == 0, first.stderr
    # The name is taken now: said in words.
    assert again.returncode == 1
    assert "Error: " in again.stderr
    assert "Traceback" not in again.stderr
