"""The integrator's guide is run as it stands, against a demo of its own."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from litestar.handlers import BaseRouteHandler

from api.rooms import ROUTES
from frontend.pages import PAGES
from tests.deploy.tools import ROOT, program, run

GUIDE = ROOT / "docs" / "guides" / "integrator.md"


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder with the demo.json of a demo that runs."""
    folder = tmp_path_factory.mktemp("guide")
    command = [
        sys.executable,
        "-m",
        "frontend.cli",
        "demo",
        "--port",
        "0",
        "--json",
        "--data",
        str(folder / "data"),
    ]
    own = {
        name: value
        for name, value in os.environ.items()
        if name not in ("DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL")
    }
    with (
        (folder / "demo.log").open("wb") as log,
        subprocess.Popen(command, env=own, stdout=subprocess.PIPE, stderr=log) as process,
    ):
        try:
            assert process.stdout is not None
            line = process.stdout.readline()
            assert line, (folder / "demo.log").read_text()
            (folder / "demo.json").write_bytes(line)
            yield folder
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(60)


def test_every_command_of_the_integrators_guide_works(demo):
    """With -e and pipefail: a command that is refused, anywhere, ends the run."""
    for name in ("curl", "jq"):
        program(name, name)
    blocks = re.findall(r"^```sh\n(.*?)^```$", GUIDE.read_text(), re.MULTILINE | re.DOTALL)

    answer = run("bash", "-euo", "pipefail", "-c", "\n".join(blocks), cwd=demo)

    assert answer.returncode == 0, answer.stdout[-3000:] + answer.stderr[-3000:]
    assert '"state":"provisional"' in answer.stdout
    assert '"code":"notice_running"' in answer.stdout
    assert '"standing_equal":true' in answer.stdout


@pytest.mark.parametrize("guide", sorted((ROOT / "docs" / "guides").glob("*.md")), ids=lambda path: path.stem)
def test_guide_names_only_files_that_are_there(guide):
    links = re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", guide.read_text())

    assert [link for link in links if "://" not in link and not (guide.parent / link).exists()] == []


@pytest.mark.parametrize("guide", sorted((ROOT / "docs" / "guides").glob("*.md")), ids=lambda path: path.stem)
def test_guide_names_only_pages_and_operations_that_are_there(guide):
    """Words in backticks that begin with a slash are addresses; a guide that names one that is gone is worse than none."""
    there = {_shape(path) for path in (*_pages(), *_operations())}

    named = {_shape(word) for word in re.findall(r"`(?:[A-Z]+ )?(/[^`\s?]*)`", guide.read_text())}

    assert sorted(named - there - {"/en", "/api/v1", "/openapi.json", "/api/v1/openapi.json"}) == []


def _shape(path: str) -> str:
    return re.sub(r"\{[^}]*\}", "{}", path)


def _pages() -> list[str]:
    return [path for page in PAGES if isinstance(page, BaseRouteHandler) for path in page.paths]


def _operations() -> list[str]:
    return [
        f"/api/v1{path}" for route in ROUTES if isinstance(route, BaseRouteHandler) for path in route.paths
    ]
