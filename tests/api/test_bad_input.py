"""Whatever is asked for wrongly gets the right problem in both languages with a next step, and changes nothing at all."""

import re
from typing import Any

import asyncpg
import msgspec
import pytest

from api.plumbing.problems import catalogue
from tests.api.bad_input_cases import CASES, Case
from tests.api.bad_input_stage import Stage, create_season, sheet_path, stage_of
from tests.contests.conftest import province
from tests.judging.conftest import marking
from tests.judging.marking import codes, enter, op
from tests.registration.builders import member
from tests.registration.conftest import door
from tests.world import World

# Fixtures of the rooms, for what is right beside what is wrong.
__all__ = ["door", "marking", "province"]

HAN = re.compile(r"[\u4e00-\u9fff]")
LATIN = re.compile(r"[A-Za-z]{2}")
QUOTED = re.compile("“[^”]*”")
# Programs, modules and statements of ours; none of them is a caller's business.
INSIDES = re.compile(
    r"traceback|asyncpg|postgres|litestar|msgspec|piccolo|\.py\b|, line \d+|/work/|site-packages|0x[0-9a-f]{8}|"
    r"\b(SELECT|INSERT|UPDATE) |constraint|relation|violates|psql|api\.[a-z]",
    re.IGNORECASE,
)

# Wrong passwords are counted, that is what protects against guessing; when a session was last seen is noted once a minute.
NOT_COUNTED = frozenset({"sign_in_failure"})
NOT_COMPARED = {"sign_in_session": "seen_at"}


@pytest.fixture(scope="module")
async def stage(app, db, settings) -> Any:
    """One stage for all cases: none of them changes it."""
    async with World(app, db, settings) as world:
        yield await stage_of(world)


async def fingerprint(world: World) -> dict[str, tuple[int, int]]:
    """Of every table, ledger and sheet heads among them: how many rows, and a hash over the content of all."""
    tables = await world.fetch(
        "SELECT relname AS name FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' "
        "AND has_table_privilege(oid, 'SELECT') AND relname <> ALL($1)",
        list(NOT_COUNTED),
    )
    assert len(tables) > 60
    counts = " UNION ALL ".join(
        f"SELECT '{table['name']}' AS name, count(*) AS rows, coalesce(sum(hashtextextended({content(table['name'])}, 0)), 0) AS content "
        f'FROM "{table["name"]}" t'
        for table in tables
    )
    return {row["name"]: (row["rows"], row["content"]) for row in await world.fetch(counts)}


def content(table: str) -> str:
    left_out = NOT_COMPARED.get(table)
    return "t::text" if left_out is None else f"(to_jsonb(t) - '{left_out}')::text"


def require_texts(body: dict[str, Any], *names: str) -> None:
    """Chinese and English of each, each in its script. What a caller sent is quoted and may be in any."""
    for name in names:
        chinese, english = body[name], body[f"{name}_en"]
        assert HAN.search(chinese), f"{name}: {chinese}"
        assert LATIN.search(english), f"{name}_en: {english}"
        assert not HAN.search(QUOTED.sub("", english)), f"{name}_en: {english}"


def require_no_insides(text: str, tables: dict[str, Any]) -> None:
    assert not INSIDES.search(text), text
    named = [table for table in tables if "_" in table and re.search(rf"\b{table}\b", text)]
    assert named == []


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
async def test_bad_input_gets_the_right_answer_and_changes_nothing(stage: Stage, case: Case):
    before = await fingerprint(stage.world)

    answer = await case.ask(stage)

    body, expected = answer.json(), case.expected
    assert answer.status_code == expected.status, answer.text
    match expected.place:
        case "problem":
            assert body["code"] == expected.code, answer.text
            assert answer.headers["content-type"] == "application/problem+json"
            assert (body["status"], body["type"]) == (expected.status, f"/problems/{expected.code}")
            assert body["request_id"] == answer.headers["x-request-id"] != ""
            require_texts(body, "title", "detail", "next")
            require_no_insides(msgspec.json.encode({**body, "current": None}).decode(), before)
            for error in body.get("errors", []):
                require_texts(error, "detail")
            if expected.pointer is not None:
                first = body["errors"][0]
                assert (first["pointer"], first["code"]) == (expected.pointer, expected.fault), answer.text
        case "mark":
            [result] = body["results"]
            assert result["code"] == expected.code, answer.text
            assert result["status"] != "accepted"
            require_texts(result, "detail")
            require_no_insides(answer.text, before)
        case "row":
            [[error]] = [each["errors"] for each in body["rows"]]
            assert (error["code"], body["saved"], body["accepted"]) == (expected.code, False, 0), answer.text
            require_texts(error, "detail")
            require_no_insides(answer.text, before)
    after = await fingerprint(stage.world)
    if expected.place == "row":
        # An answer for many rows is kept under its key like any other, so that a repeat gets the same.
        after.pop("idempotency_key"), before.pop("idempotency_key")
    assert after == before


async def test_fingerprint_sees_one_changed_value_and_one_new_row(stage: Stage):
    season, before = stage.paused.contest.season, await fingerprint(stage.world)

    await stage.world.execute("UPDATE season SET plan_city = plan_city + 1 WHERE id = $1", season)
    changed = await fingerprint(stage.world)
    await stage.world.account()
    added = await fingerprint(stage.world)

    assert {table for table in before if before[table] != changed[table]} == {"season"}
    assert {table for table in before if changed[table] != added[table]} == {"account"}


def test_table_is_long_and_says_everything_once():
    assert len(CASES) >= 50
    assert len({case.name for case in CASES}) == len(CASES)
    assert {case.expected.code for case in CASES if case.expected.place == "problem"} <= catalogue().keys()


REFUSALS_OF_THE_DATABASE = (
    asyncpg.UniqueViolationError('duplicate key value violates unique constraint "person_document_pkey"'),
    asyncpg.CheckViolationError(
        'new row for relation "mark_revision" violates check constraint "mark_value"'
    ),
    asyncpg.UndefinedTableError('relation "secret_table" does not exist'),
    asyncpg.DataError("invalid input for query argument $1: 'x' (an integer is required)"),
    asyncpg.InterfaceError("cannot perform operation: another operation is in progress"),
    asyncpg.QueryCanceledError("canceling statement due to statement timeout"),
    OSError(111, "Connect call failed ('127.0.0.1', 5432)"),
    RecursionError("maximum recursion depth exceeded in comparison"),
    KeyError("/srv/api/contests/commands.py"),
    ValueError("SELECT secret FROM account"),
)


@pytest.mark.parametrize("error", REFUSALS_OF_THE_DATABASE, ids=lambda error: type(error).__name__)
async def test_exception_of_any_kind_tells_nothing_of_the_inside(stage: Stage, monkeypatch, error: Exception):
    async def fail(*_: object) -> None:
        raise error

    monkeypatch.setattr("api.contests.commands.seasons.create_season", fail)
    before = await fingerprint(stage.world)

    answer = await create_season()(stage)

    body = answer.json()
    assert body["code"] in ("internal_error", "busy", "invalid_body")
    assert body["request_id"] == answer.headers["x-request-id"] != ""
    require_texts(body, "title", "detail", "next")
    require_no_insides(answer.text, before)
    assert str(error) not in answer.text
    assert await fingerprint(stage.world) == before


async def test_26_february_24_00_is_before_27_february_00_00(province):
    made = await province.contest(registration_closes_at="2021-02-26T24:00")
    same = await province.contest(registration_closes_at="2021-02-27T00:00")

    assert made["registration_closes_at"] == same["registration_closes_at"] == "2021-02-26T16:00:00Z"
    assert (made["deadline_zh"], made["deadline_en"]) == ("2月26日24:00", "26 February 24:00")


async def test_nothing_and_everything_are_marks(marking):
    results = await enter(marking.judge, marking.sheet, op("C1", "0"), op("C2", "90"), op("C1", "10", 1))

    assert codes(results) == ["accepted"] * 3


@pytest.mark.parametrize("name", ["𠮷田", "阿依古丽·买买提", "甲", "试" * 30, "Öner Yılmaz"])
async def test_rare_and_long_names_are_names(door, name):
    entry = await door.registered(members=[member(name=name)])

    assert entry["members"][0]["name"] == name


async def test_body_without_content_type_and_with_another_case_of_it_is_json(marking):
    body = msgspec.json.encode({"ops": [op("C1", "8")]})
    path = f"/api/v1{sheet_path(marking.sheet)}"

    bare = await marking.judge.post(path, content=body)
    loud = await marking.judge.post(
        path, content=body, headers={"Content-Type": "Application/JSON; charset=utf-8"}
    )

    assert [answer.json()["results"][0]["status"] for answer in (bare, loud)] == ["accepted", "duplicate"]
