"""The shell scripts: plain sh, ended by the first fault."""

import pytest

from tests.deploy.tools import DEPLOY, program, run

SCRIPTS = sorted(
    path for path in DEPLOY.rglob("*") if path.is_file() and path.read_bytes().startswith(b"#!/bin/sh")
)


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)
def test_script_is_read_by_sh_and_can_be_run(script):
    assert run("sh", "-n", script).stderr == ""
    assert script.stat().st_mode & 0o111
    assert "\nset -eu\n" in script.read_text()


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)
def test_shellcheck_finds_nothing(script):
    answer = run(program("shellcheck", "shellcheck"), script)

    assert answer.returncode == 0, answer.stdout
