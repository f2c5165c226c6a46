"""A server of the user's own that stays out of reach is one line to read, not a traceback."""

import os
import socket
import subprocess
import sys

import pytest


@pytest.fixture
def nobody_listens():
    """A port of this machine on which nothing answers."""
    with socket.socket() as place:
        place.bind(("127.0.0.1", 0))
        yield place.getsockname()[1]


def run(tmp_path, own, command):
    return subprocess.run(
        [sys.executable, "-m", "frontend.cli", *command, "--data", str(tmp_path / "data")],
        env={**os.environ, **own},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


@pytest.mark.parametrize("command", [["demo", "--port", "0"], ["migrate"]])
def test_database_out_of_reach_is_said_in_one_line(tmp_path, nobody_listens, command):
    own = {"DATABASE_URL": f"postgresql://site@127.0.0.1:{nobody_listens}/site", "REDIS_URL": ""}

    done = run(tmp_path, own, command)

    assert done.returncode == 1
    assert "Error: The database of DATABASE_URL does not let us in" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("command", [["demo", "--port", "0"], ["serve"]])
def test_broker_out_of_reach_is_said_in_one_line_before_anything_starts(tmp_path, nobody_listens, command):
    own = {"DATABASE_URL": "", "REDIS_URL": f"redis://:secret-word@127.0.0.1:{nobody_listens}/0"}

    done = run(tmp_path, own, command)

    assert done.returncode == 1
    assert f"Error: The server of REDIS_URL, 127.0.0.1:{nobody_listens} does not answer" in done.stderr
    assert "Check REDIS_URL" in done.stderr
    assert "secret-word" not in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
    assert not (tmp_path / "data").exists()
