"""Programs that check the files of `deploy/`, as far as this machine has them."""

import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
DEPLOY = ROOT / "deploy"


def program(name: str, package: str) -> str:
    """Path of a program; a test that needs a missing one is skipped, and says how to get it."""
    found = shutil.which(name) or shutil.which(name, path="/usr/sbin:/sbin")
    if found is None:
        pytest.skip(f"{name} is not installed (Debian: apt-get install {package})")
    return found


def run(
    *command: str | Path, env: Mapping[str, str] | None = None, cwd: Path | None = None
) -> subprocess.CompletedProcess[str]:
    """Run a command to its end; what it said stands in the answer."""
    return subprocess.run(
        [str(word) for word in command], env=env, cwd=cwd, capture_output=True, text=True, check=False
    )
