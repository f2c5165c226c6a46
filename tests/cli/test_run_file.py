"""`run` works on a machine that has Python and nothing else; the locks name no place."""

import ast
import os
import re
import stat
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LOCKS = ("requirements.lock", "requirements-test.lock")
COMMANDS = [
    "demo",
    "serve",
    "worker",
    "migrate",
    "create-admin",
    "simulate",
    "doctor",
    "test",
    "lint",
    "format",
    "bench",
    "lock",
]


def pins(name: str) -> dict[str, str]:
    return dict(re.findall(r"^([A-Za-z0-9._-]+)==(\S+)", (ROOT / name).read_text(), re.MULTILINE))


def test_run_alone_lists_everything_from_any_folder(tmp_path: Path) -> None:
    shown = subprocess.run([ROOT / "run"], cwd=tmp_path, capture_output=True, text=True, check=True).stdout

    for name in COMMANDS:
        assert re.search(rf"^  {name} +\w", shown, re.MULTILINE), name
    assert list(tmp_path.iterdir()) == []


def test_unknown_command_is_refused_with_the_list() -> None:
    done = subprocess.run([ROOT / "run", "dmeo"], capture_output=True, text=True, check=False)

    assert done.returncode == 2
    assert "'dmeo'" in done.stderr
    assert "demo" in done.stderr
    assert done.stdout == ""


def test_run_imports_the_standard_library_only() -> None:
    tree = ast.parse((ROOT / "run").read_text())
    names = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    names |= {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}

    assert names
    assert {name.split(".")[0] for name in names} <= sys.stdlib_module_names


@pytest.mark.parametrize("name", ["run", ".ci/run"])
def test_start_files_are_executable(name: str) -> None:
    assert stat.S_IMODE((ROOT / name).stat().st_mode) & 0o111


def test_ci_calls_the_same_command_as_a_person() -> None:
    assert "./run test" in (ROOT / ".ci" / "run").read_text()


@pytest.mark.parametrize("name", LOCKS)
def test_every_package_in_a_lock_has_hashes(name: str) -> None:
    blocks = re.split(r"^(?=\S)", (ROOT / name).read_text(), flags=re.MULTILINE)[1:]

    assert blocks
    assert [block.splitlines()[0] for block in blocks if "--hash=sha256:" not in block] == []


@pytest.mark.parametrize("name", LOCKS)
def test_no_lock_names_an_address_or_a_folder(name: str) -> None:
    text = (ROOT / name).read_text()

    assert "://" not in text
    assert not re.search(
        r"(--(extra-)?index-url|--find-links|--trusted-host|@ file|/home/|/root/|/tmp/)", text
    )


def test_the_test_lock_holds_the_run_lock_with_the_same_versions() -> None:
    run, test = (pins(name) for name in LOCKS)

    assert run.items() <= test.items()
    assert {"pytest", "ruff", "mypy"} <= test.keys() - run.keys()


def test_the_build_tool_is_locked_so_that_nothing_unchecked_is_fetched() -> None:
    assert "setuptools" in pins("requirements.lock")


def test_locks_hold_every_direct_dependency() -> None:
    import tomllib

    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    names = {
        kind: {re.split(r"[^\w.-]", line)[0].lower() for line in lines}
        for kind, lines in (
            ("requirements.lock", project["dependencies"]),
            ("requirements-test.lock", project["optional-dependencies"]["test"]),
        )
    }

    for lock, wanted in names.items():
        assert wanted <= pins(lock).keys(), f"{lock} is older than pyproject.toml: ./run lock"


def test_ci_without_a_browser_fails_and_says_how_to_get_one(tmp_path: Path) -> None:
    code = (
        "import importlib.machinery, importlib.util, sys\n"
        f"loader = importlib.machinery.SourceFileLoader('run', {str(ROOT / 'run')!r})\n"
        "sys.dont_write_bytecode = True\n"
        "run = importlib.util.module_from_spec(importlib.util.spec_from_loader('run', loader))\n"
        "loader.exec_module(run)\n"
        "run.prepare = lambda kind: None\n"
        "run.run_all = lambda commands: print(commands[-1]) or 0\n"
        "sys.exit(run.test([]))\n"
    )
    bare = {name: value for name, value in os.environ.items() if name != "SHIBAIQIAN_CHROMIUM"} | {
        "PATH": str(tmp_path)
    }

    in_ci = subprocess.run(
        [sys.executable, "-c", code], env=bare | {"CI": "true"}, capture_output=True, text=True, check=False
    )
    at_home = subprocess.run(
        [sys.executable, "-c", code], env=bare | {"CI": ""}, capture_output=True, text=True, check=False
    )

    assert in_ci.returncode != 0
    assert "apt-get install chromium" in in_ci.stderr
    assert at_home.returncode == 0
    assert "apt-get install chromium" in at_home.stderr
    assert "'not browser'" in at_home.stdout
