"""`shibaiqian rehearse`: no mark is lost while everything is killed, and a rehearsal finds out when one was (issue: to be shown, 2)."""

import asyncio
import contextlib
from collections.abc import Iterator
from uuid import uuid4

import asyncpg
import msgspec
import pytest

from frontend.rehearsal.checks import Check, examine, told
from frontend.rehearsal.orders import Refused, Written
from frontend.rehearsal.report import as_html, as_text, report_of
from tests.rehearsal.conftest import Held

pytestmark = [pytest.mark.faults, pytest.mark.timeout(300)]

ONCE, LAST, INVENTED, WHOLE = (
    "exactly once",
    "last value",
    "nobody was told of",
    "every criterion of every station",
)
CHAINS, STANDING, REFUSED, ENDED = (
    "chains",
    "equals one computed afresh",
    "was refused",
    "every process came back",
)


def failing(held: Held) -> dict[str, Check]:
    """The checks that do not hold, by what is told of them."""
    return {check.en: check for check in examine(held.rehearsal, held.course) if not check.holds}


def names(failed: dict[str, Check], *words: str) -> bool:
    """Whether exactly the checks with these words fail."""
    return len(failed) == len(words) and all(any(word in name for name in failed) for word in words)


@contextlib.contextmanager
def also_told(held: Held, line: Written | Refused) -> Iterator[None]:
    """A robot's log with one line more."""
    log = held.rehearsal.logs[0]
    before = log.read_bytes()
    log.write_bytes(before + msgspec.json.encode(line) + b"\n")
    try:
        yield
    finally:
        log.write_bytes(before)


def change(held: Held, *statements: str) -> None:
    """Change facts as no role of the product can: as the tables' owner, with their guards off."""

    async def run() -> None:
        connection = await asyncpg.connect(held.rehearsal.settings.owner_url)
        try:
            tables = await connection.fetch(
                "SELECT relid::regclass::text AS name FROM pg_partition_tree('mark_revision') WHERE isleaf"
            )
            async with connection.transaction():
                for table in tables:
                    await connection.execute(f"ALTER TABLE {table['name']} DISABLE TRIGGER USER")
                for statement in statements:
                    await connection.execute(statement)
                for table in tables:
                    await connection.execute(f"ALTER TABLE {table['name']} ENABLE TRIGGER USER")
        finally:
            await connection.close()

    asyncio.run(run())


def test_nothing_is_lost_doubled_or_invented_while_everything_is_killed(held: Held) -> None:
    heard = told(held.rehearsal)

    assert failing(held) == {}
    assert sorted(kill.name for kill in held.course.kills) == ["api", "postgres", "valkey", "worker"]
    assert len(heard.written) >= 4 * 2 * 12
    assert any(line.sendings > 1 for line in heard.written), "the line spoilt nothing"
    assert any(line.rev > 1 for line in heard.written), "nothing was corrected"


def test_report_tells_a_person_in_both_languages_what_happened(held: Held) -> None:
    checks = examine(held.rehearsal, held.course)
    report = report_of(held.rehearsal, held.course, told(held.rehearsal), {"answer_lost": 7}, checks)

    text, page = as_text(report), as_html(report).decode()

    for words in ("场馆演练", "Venue rehearsal", "强制终止", "answer lost", "p99", "通过", "passed"):
        assert words in text
        assert words in page
    assert text.count("✓") == len(checks)
    assert "✗" not in text + page
    # One file: nothing is fetched from anywhere.
    assert "http" not in page


def test_control_an_acknowledged_mark_that_nobody_kept_is_found_out(held: Held) -> None:
    first = told(held.rehearsal).written[0]

    with also_told(held, msgspec.structs.replace(first, op=uuid4(), rev=99)):
        failed = failing(held)
        report = report_of(held.rehearsal, held.course, told(held.rehearsal), {}, list(failed.values()))

    assert names(failed, ONCE, LAST)
    assert not report.passed
    assert "✗" in as_text(report)
    assert "未通过" in as_html(report).decode()


def test_control_another_value_than_was_acknowledged_is_found_out(held: Held) -> None:
    first = told(held.rehearsal).written[0]

    with also_told(held, msgspec.structs.replace(first, value="2.5")):
        failed = failing(held)

    assert any(ONCE in name for name in failed)


def test_control_a_refused_mark_is_found_out(held: Held) -> None:
    with also_told(held, Refused("409 conflict", "rehearsal-judge-0001")):
        assert names(failing(held), REFUSED)


def test_control_a_mark_that_no_robot_was_told_of_is_found_out(held: Held) -> None:
    log = held.rehearsal.logs[0]
    before = log.read_bytes()
    # The first line is no correction that another one follows for certain, so more than one check may see it.
    log.write_bytes(before.split(b"\n", 1)[1])
    try:
        failed = failing(held)
    finally:
        log.write_bytes(before)

    assert any(INVENTED in name for name in failed)


def test_control_a_robot_that_did_not_end_is_found_out(held: Held) -> None:
    unfinished = msgspec.structs.replace(held.course, finished=False)

    assert names(failing(held._replace(course=unfinished)), ENDED)


# The last two: they destroy what the others look at.
def test_control_a_mark_that_was_changed_behind_the_product_is_found_out(held: Held) -> None:
    # Of the criterion that weighs most, and the last of its place: the standing has to move.
    heard = [line for line in told(held.rehearsal).written if line.criterion == "J12"]
    last = max((line for line in heard if line.sheet == heard[0].sheet), key=lambda line: line.rev)
    change(held, f"UPDATE mark_revision SET value = 3 - value WHERE op_id = '{last.op}'")

    failed = failing(held)

    assert names(failed, ONCE, LAST, CHAINS, STANDING)


def test_control_a_removed_mark_is_found_out(held: Held) -> None:
    last = max(told(held.rehearsal).written, key=lambda line: (line.rev == 1, line.at))
    change(held, f"DELETE FROM mark_revision WHERE op_id = '{last.op}'")

    failed = failing(held)

    assert any(ONCE in name for name in failed)
    assert any(CHAINS in name for name in failed)
