"""`run` works on a machine that has Python and nothing else; the locks name no place."""

import ast
import importlib.util
import re
import stat
import subprocess
import sys
import tomllib
from pathlib import Path
from types import ModuleType, SimpleNamespace

import pytest

from frontend.cli import COMMANDS

ROOT = Path(__file__).resolve().parents[2]
LOCKS = ("requirements.lock", "requirements-test.lock")
TOOLS = ["test", "lint", "format", "bench", "lock"]


def pins(name: str) -> dict[str, str]:
    return dict(re.findall(r"^([A-Za-z0-9._-]+)==(\S+)", (ROOT / name).read_text(), re.MULTILINE))


def test_run_alone_lists_everything_from_any_folder(tmp_path: Path) -> None:
    shown = subprocess.run([ROOT / "run"], cwd=tmp_path, capture_output=True, text=True, check=True).stdout

    assert {"demo", "venue", "public", "score", "draw"} < COMMANDS.keys()
    for name in [*COMMANDS, *TOOLS]:
        assert re.search(rf"^  {name} +\w", shown, re.MULTILINE), name
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_of_the_program_is_passed_on(
    run: ModuleType, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    begun: list[list[str]] = []

    def replace_process(command: list[str]) -> None:
        begun.append(command)
        raise SystemExit(0)

    monkeypatch.setattr(run, "prepare", lambda kind: None)
    monkeypatch.setattr(run, "replace_process", replace_process)
    monkeypatch.setenv("SHIBAIQIAN_DATA", "somewhere")

    with pytest.raises(SystemExit):
        run.main([name, "--help"])

    assert [command[1:] for command in begun] == [[name, "--help"]]


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


@pytest.fixture
def run() -> ModuleType:
    """`run` as a module; it has no ending, so it is loaded by hand, and no compiled file is left beside it."""
    module = ModuleType("run")
    module.__file__ = str(ROOT / "run")
    exec(compile((ROOT / "run").read_text(), module.__file__, "exec"), module.__dict__)
    return module


def test_ci_without_a_browser_fails_and_says_how_to_get_one(
    run: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    commands: list[list[str]] = []

    def run_all(given: list[list[str]]) -> int:
        commands.extend(given)
        return 0

    monkeypatch.setattr(run, "prepare", lambda kind: None)
    monkeypatch.setattr(run, "run_all", run_all)
    monkeypatch.setattr(run, "find_chromium", lambda: None)
    monkeypatch.delenv("DATABASE_URL", raising=False)
    monkeypatch.delenv("REDIS_URL", raising=False)

    monkeypatch.setenv("CI", "true")
    assert run.test([]) != 0
    assert commands == []
    monkeypatch.delenv("CI")
    assert run.test([]) == 0

    pytest_command = commands[-1]
    assert pytest_command[pytest_command.index("-m", 2) :][:2] == ["-m", "not browser"]
    assert "-n" in pytest_command
    assert capsys.readouterr().err.count("apt-get install chromium") == 2


def test_on_servers_of_the_user_the_tests_run_one_by_one(
    run: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two processes would meet in one database."""
    commands: list[list[str]] = []
    monkeypatch.setattr(run, "prepare", lambda kind: None)
    monkeypatch.setattr(run, "run_all", lambda given: commands.extend(given) or 0)
    monkeypatch.setattr(run, "find_chromium", lambda: "/usr/bin/chromium")
    monkeypatch.setenv("DATABASE_URL", "postgres://somewhere/else")

    run.test([])

    assert "-n" not in commands[-1]


def test_python_without_venv_is_told_the_package_to_install(
    run: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name == "ensurepip" else object())

    with pytest.raises(SystemExit):
        run._make_venv()

    assert re.search(
        r"no module ensurepip.*apt-get install python3\.\d+-venv", capsys.readouterr().err, re.DOTALL
    )


def test_environment_of_another_place_is_not_used(
    run: ModuleType, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A moved checkout ended with 'no such file': the scripts in `.venv` name the folder in which they were made."""
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "python").symlink_to(sys.executable)
    monkeypatch.setattr(run, "VENV", tmp_path)
    monkeypatch.setattr(run.subprocess, "run", lambda *words, **more: SimpleNamespace(returncode=0))

    (tmp_path / ".made-for").write_text(str(ROOT))
    assert run._python_works()
    (tmp_path / ".made-for").write_text("/elsewhere")
    assert not run._python_works()


def test_checks_cover_run_itself(run: ModuleType) -> None:
    assert [command[2:] for command in run.checks()] == [
        ["ruff", "check", ".", "run"],
        ["ruff", "format", "--check", ".", "run"],
        ["mypy"],
    ]
