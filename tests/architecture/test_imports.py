"""frontend → api → scoring, and nothing upward; inside api, plumbing and servers know no room."""

import ast
import sys
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ROOMS = {
    "access",
    "organisations",
    "people",
    "contests",
    "registration",
    "judging",
    "control",
    "results",
    "advancement",
    "awards",
    "jobs",
    "live",
    "venue",
}
ALLOWED = {
    "scoring": {"scoring", "msgspec"},
    "api": {"api", "scoring"},
    "frontend": {"frontend", "api", "scoring"},
    "migrations": {"migrations", "api"},
}
OURS = set(ALLOWED)


def imports(path: Path) -> set[str]:
    """Every module that a file imports, wherever in the file."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return found


def files(room: str) -> list[Path]:
    return sorted((ROOT / room).rglob("*.py"))


@pytest.mark.parametrize(
    "path",
    [path for room in ALLOWED for path in files(room)],
    ids=lambda path: path.relative_to(ROOT).as_posix(),
)
def test_imports_go_one_way(path):
    room = path.relative_to(ROOT).parts[0]

    ours = {name.split(".")[0] for name in imports(path)} & OURS

    assert ours <= ALLOWED[room]


def test_no_two_files_import_each_other_by_any_way_round():
    modules = {
        ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): path
        for room in ALLOWED
        for path in files(room)
    }
    # What stands under TYPE_CHECKING counts too: it is how a circle hides.
    needs = {
        name: {each for each in imports(path) if each in modules} - {name} for name, path in modules.items()
    }
    for names in needs.values():
        # `from a.b import c` names a.b and a.b.c; where c is a module it is c that is needed, not its package.
        names -= {each for each in names if any(other.startswith(f"{each}.") for other in names)}

    TopologicalSorter(needs).prepare()


@pytest.mark.parametrize("path", files("scoring"), ids=lambda path: path.name)
def test_scoring_is_pure(path):
    forbidden = {
        "os",
        "io",
        "time",
        "random",
        "secrets",
        "socket",
        "asyncio",
        "pathlib",
        "datetime",
        "sqlite3",
        "subprocess",
    }
    outside = (
        {name.split(".")[0] for name in imports(path)} - set(sys.stdlib_module_names) - {"scoring", "msgspec"}
    )

    assert not outside
    assert not {name.split(".")[0] for name in imports(path)} & forbidden


@pytest.mark.parametrize(
    "path",
    [*files("api/plumbing"), *files("api/servers")],
    ids=lambda path: path.relative_to(ROOT).as_posix(),
)
def test_what_carries_the_rooms_knows_no_room(path):
    assert (
        not {name.split(".")[1] for name in imports(path) if name.startswith("api.") and name.count(".")}
        & ROOMS
    )


@pytest.mark.parametrize("room", sorted(ROOMS))
def test_every_room_has_the_same_few_files(room):
    names = {path.stem for path in (ROOT / "api" / room).iterdir()}

    assert {"__init__", "routes", "commands", "queries", "schemas", "problems"} <= names
    assert not names & {"utils", "helpers", "service", "services"}


@pytest.mark.parametrize(
    "path",
    [path for room in ALLOWED for path in files(room)],
    ids=lambda path: path.relative_to(ROOT).as_posix(),
)
def test_a_file_holds_one_idea(path):
    assert len(path.read_text("utf-8").splitlines()) <= 400, (
        "past 400 lines a file hides a second idea: split it by act"
    )


def test_arq_stands_behind_one_module():
    users = {
        path.relative_to(ROOT).as_posix()
        for path in files("api") + files("frontend")
        if any(name.split(".")[0] == "arq" for name in imports(path))
    }

    assert users == {"api/plumbing/jobs.py"}
