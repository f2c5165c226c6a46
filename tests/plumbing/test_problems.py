"""The catalogue of problems: complete in both languages, and every constraint it names exists."""

import re

import pytest

from api.plumbing import errors
from api.plumbing.problems import API, Problem, catalogue

CHINESE = re.compile(r"[\u4e00-\u9fff]")


@pytest.mark.parametrize("code", sorted(catalogue()))
def test_problem_speaks_both_languages_and_names_a_next_step(code):
    kind = catalogue()[code]

    assert 400 <= kind.status < 600
    for zh, en in (
        (kind.title_zh, kind.title_en),
        (kind.detail_zh, kind.detail_en),
        (kind.next_zh, kind.next_en),
    ):
        assert CHINESE.search(zh) or zh.startswith("{")
        assert en
        assert not CHINESE.search(en)


async def test_every_constraint_of_the_catalogue_exists(world):
    rows = await world.fetch(
        "SELECT conname AS name FROM pg_constraint UNION SELECT relname FROM pg_class WHERE relkind IN ('i', 'I')"
    )
    known = {row["name"] for row in rows}
    raised = {
        f"{row['machine']}_transition"
        for row in await world.fetch("SELECT DISTINCT machine FROM allowed_transition")
    }
    functions = await world.fetch(
        "SELECT prosrc FROM pg_proc WHERE prolang = (SELECT oid FROM pg_language WHERE lanname = 'plpgsql')"
    )
    raised |= {name for row in functions for name in re.findall(r"CONSTRAINT = '(\w+)'", row["prosrc"])}

    named = {name for kind in catalogue().values() for name in kind.constraints}
    assert named <= known | raised


def test_every_code_is_said_somewhere():
    """A code that no source says and no constraint leads to is a text that nobody will ever read."""
    source = "\n".join(
        path.read_text("utf-8") for folder in (API, API.parent / "frontend") for path in folder.rglob("*.py")
    )
    said = set(re.findall(r'"([a-z][a-z_0-9]*)"', source))
    endings = tuple(re.findall(r'f"\{\w+\}(_[a-z_]+)"', source))

    unused = {
        code
        for code, kind in catalogue().items()
        if not kind.constraints and code not in said and not code.endswith(endings)
    }
    assert unused == set()


def test_only_what_was_not_foreseen_is_logged_with_where_it_came_from(monkeypatch):
    logged = []

    class Log:
        def error(self, event, **facts):
            logged.append((event, facts))

    # A logger that has spoken before keeps its way out, past whoever listens later.
    monkeypatch.setattr(errors, "log", Log())

    errors.problem_of(Problem("not_found"))
    errors.problem_of(ZeroDivisionError("a fault of ours"))

    [(event, facts)] = logged
    assert (event, facts["error"]) == ("request_failed", "ZeroDivisionError")
    assert isinstance(facts["exc_info"], ZeroDivisionError)
