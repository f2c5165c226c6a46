"""`--help` names every command and answers without loading the product."""

import subprocess
import sys

import pytest
from click.testing import CliRunner

from frontend.cli import COMMANDS, main


def test_help_lists_every_command_with_its_line() -> None:
    text = CliRunner().invoke(main, ["--help"], terminal_width=100).output

    names = "demo serve public worker migrate create-admin simulate rehearse doctor score plan draw venue"
    for name in names.split():
        assert f"  {name} " in text
        assert COMMANDS[name].summary in text
    assert "robot" not in text


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_explains_itself(name: str) -> None:
    answer = CliRunner().invoke(main, [name, "--help"], terminal_width=100)

    assert answer.exit_code == 0
    assert COMMANDS[name].summary.split(",")[0].split(":")[0].rstrip(".")[:20] in answer.output
    # What scores plain files knows no data folder.
    assert ("--data" in answer.output) is (name not in {"score", "plan", "draw"})


def test_unknown_command_is_refused() -> None:
    assert CliRunner().invoke(main, ["demmo"]).exit_code == 2


def test_help_loads_neither_web_framework_nor_database() -> None:
    code = (
        "import sys, frontend.cli; frontend.cli.main(['--help'], standalone_mode=False); print(*sys.modules)"
    )
    loaded = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    ).stdout.split()

    assert not {"litestar", "piccolo", "asyncpg", "uvicorn", "arq"} & set(loaded)
