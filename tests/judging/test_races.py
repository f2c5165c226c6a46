"""Forced races on one sheet: one waits for the other's lock. Each has a control that breaks the code on purpose and goes wrong."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from uuid import UUID, uuid4

import asyncpg
import pytest

from api.judging.writing import MarkRow, MarkWriter
from tests.judging.conftest import Marking
from tests.judging.marking import codes, enter, facts, op

CALL = "SELECT code FROM {}($1, $2, $3, $4, $5, $6::text[]::numeric[], $7, $8, $9, $10) ORDER BY pos"

# What the function must not be: everything in one statement, whose snapshot is older than the lock it waits for.
ONE_STATEMENT = """
CREATE FUNCTION enter_marks_in_one_statement(
    p_sheet uuid[], p_account uuid[], p_op uuid[], p_criterion text[], p_state text[], p_value numeric[],
    p_reasons text[], p_base_rev integer[], p_entered_at timestamptz[], p_refused text[]
) RETURNS TABLE (pos bigint, code text) LANGUAGE sql AS $$
    WITH held AS (
        SELECT id, season_id, seq FROM sheet WHERE id = ANY (p_sheet) ORDER BY id FOR NO KEY UPDATE
    ), judged AS (
        SELECT u.*, h.season_id, h.seq, seen.op_id IS NOT NULL AS known, coalesce(latest.rev, 0) AS now_rev
        FROM unnest(p_sheet, p_account, p_op, p_criterion, p_state, p_value, p_base_rev, p_entered_at)
             WITH ORDINALITY u(sheet, account, op, criterion, state, value, base_rev, entered_at, n)
        JOIN held h ON h.id = u.sheet
        LEFT JOIN mark_revision seen ON seen.season_id = h.season_id AND seen.op_id = u.op
        LEFT JOIN LATERAL (
            SELECT max(rev) AS rev FROM mark_revision m
            WHERE m.season_id = h.season_id AND m.sheet_id = u.sheet AND m.criterion = u.criterion
        ) latest ON true
    ), written AS (
        INSERT INTO mark_revision (season_id, sheet_id, criterion, rev, seq, op_id, state, value, account_id, entered_at, hash)
        SELECT season_id, sheet, criterion, base_rev + 1, seq + n, op, state, value, account, entered_at, 'x'
        FROM judged WHERE NOT known AND now_rev = base_rev
    )
    SELECT n, CASE WHEN known THEN 'duplicate' WHEN now_rev <> base_rev THEN 'conflict' ELSE 'accepted' END FROM judged
$$
"""


@pytest.fixture
async def one_statement(settings) -> AsyncIterator[str]:
    """The name of the broken variant, as long as the test lasts."""
    owner = await asyncpg.connect(settings.owner_url)
    await owner.execute(ONE_STATEMENT)
    await owner.execute("GRANT EXECUTE ON FUNCTION enter_marks_in_one_statement TO shibaiqian_app")
    yield "enter_marks_in_one_statement"
    await owner.execute("DROP FUNCTION enter_marks_in_one_statement")
    await owner.close()


@contextlib.asynccontextmanager
async def connected(settings) -> AsyncIterator[asyncpg.Connection]:
    connection = await asyncpg.connect(settings.database_url, server_settings={"role": "shibaiqian_app"})
    try:
        yield connection
    finally:
        await connection.close()


@contextlib.asynccontextmanager
async def sheet_held(settings, *sheets: UUID) -> AsyncIterator[asyncpg.Connection]:
    """Somebody else's transaction that holds the sheets until the block ends."""
    async with connected(settings) as connection, connection.transaction():
        await connection.execute("SELECT FROM sheet WHERE id = ANY ($1) FOR NO KEY UPDATE", sheets)
        yield connection


async def until_waiting(world, count: int) -> None:
    """Return once so many of our statements wait for a lock."""
    async with asyncio.timeout(20):
        while (
            await world.fetchval(
                "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE '%enter_marks%'"
            )
            < count
        ):
            await asyncio.sleep(0.01)


def row(marking: Marking, value: str, **more) -> MarkRow:
    """An operation on C1 of the first sheet as the function takes it."""
    values = {
        "sheet_id": marking.sheet, "account_id": marking.judge.account_id, "op_id": uuid4(), "criterion": "C1", "state": "scored",
        "value": value, "reasons": "", "base_rev": 0, "entered_at": datetime.now(UTC), "refused": None,
    }  # fmt: skip
    return MarkRow(**values | more)


async def call(connection, function: str, *rows: MarkRow) -> list[str]:
    """The codes of one call."""
    return [
        found["code"] for found in await connection.fetch(CALL.format(function), *zip(*rows, strict=True))
    ]


async def race(
    settings, world, marking: Marking, function: str, first: MarkRow, second: MarkRow
) -> list[str]:
    """Both calls wait for the lock of one sheet; then it is released. An exception counts as its name."""
    async with connected(settings) as one, connected(settings) as two:
        async with sheet_held(settings, marking.sheet):
            calls = [
                asyncio.create_task(call(tablet, function, mark))
                for tablet, mark in ((one, first), (two, second))
            ]
            await until_waiting(world, 2)
        found = await asyncio.gather(*calls, return_exceptions=True)
    return sorted(type(each).__name__ if isinstance(each, BaseException) else each[0] for each in found)


async def test_second_tablet_that_waited_is_told_of_the_conflict(settings, world, marking):
    found = await race(settings, world, marking, "enter_marks", row(marking, "8"), row(marking, "9"))

    assert found == ["accepted", "conflict"]
    assert len(await facts(world, marking.sheet)) == 1


async def test_control_one_statement_runs_into_the_key_instead(settings, world, marking, one_statement):
    found = await race(settings, world, marking, one_statement, row(marking, "8"), row(marking, "9"))

    assert found == ["UniqueViolationError", "accepted"]


async def test_same_operation_sent_twice_at_once_is_one_mark_and_one_duplicate(settings, world, marking):
    sent = row(marking, "8")

    assert await race(settings, world, marking, "enter_marks", sent, sent) == ["accepted", "duplicate"]
    assert len(await facts(world, marking.sheet)) == 1


async def test_control_one_statement_does_not_see_the_duplicate(settings, world, marking, one_statement):
    sent = row(marking, "8")

    assert await race(settings, world, marking, one_statement, sent, sent) == [
        "UniqueViolationError",
        "accepted",
    ]


async def test_same_operation_twice_in_a_batch_is_one_mark(settings, world, marking):
    sent = row(marking, "8")

    async with connected(settings) as tablet:
        assert await call(tablet, "enter_marks", sent, sent) == ["accepted", "duplicate"]
    assert len(await facts(world, marking.sheet)) == 1


async def test_control_one_statement_refuses_the_whole_batch(settings, marking, one_statement):
    sent = row(marking, "8")

    async with connected(settings) as tablet:
        with pytest.raises(asyncpg.UniqueViolationError):
            await call(tablet, one_statement, sent, sent)


async def test_two_revisions_in_a_batch_are_both_accepted(settings, world, marking):
    async with connected(settings) as tablet:
        found = await call(tablet, "enter_marks", row(marking, "8"), row(marking, "9", base_rev=1))

    assert found == ["accepted", "accepted"]
    assert [value for *_, value in await facts(world, marking.sheet)] == ["8", "9"]


async def test_control_one_statement_takes_the_second_for_a_conflict(settings, marking, one_statement):
    async with connected(settings) as tablet:
        found = await call(tablet, one_statement, row(marking, "8"), row(marking, "9", base_rev=1))

    assert found == ["accepted", "conflict"]


async def through_two_sheets(settings, world, marking: Marking, second) -> object:
    """The same op_id: first through another sheet, whose transaction is still open, then by `second(row)`."""
    sent = row(marking, "8")
    async with connected(settings) as one:
        async with one.transaction():
            assert await call(one, "enter_marks", sent._replace(sheet_id=marking.sheets[1][0])) == [
                "accepted"
            ]
            other = asyncio.create_task(second(sent))
            await until_waiting(world, 1)
        return (await asyncio.gather(other, return_exceptions=True))[0]


async def test_same_op_id_through_two_sheets_at_once_is_reused(settings, world, marking, db):
    writer = MarkWriter(db.pool)

    async def write(sent: MarkRow) -> list[str]:
        return [found["code"] for found in await writer.write([sent])]

    assert await through_two_sheets(settings, world, marking, write) == ["op_reused"]
    await writer.close()
    assert await facts(world, marking.sheet) == []
    assert len(await facts(world, marking.sheets[1][0])) == 1


async def test_control_without_the_second_try_it_is_an_error(settings, world, marking):
    async with connected(settings) as two:
        found = await through_two_sheets(
            settings, world, marking, lambda sent: call(two, "enter_marks", sent)
        )

    assert isinstance(found, asyncpg.UniqueViolationError)
    assert found.constraint_name.endswith("season_id_op_id_key") or "op" in found.constraint_name


async def test_two_tablets_over_http_one_waiting_for_the_other(settings, world, marking):
    second = await world.client(account=marking.judge.account_id)

    async with sheet_held(settings, marking.sheet):
        both = [
            asyncio.create_task(enter(client, marking.sheet, op("C1", value)))
            for client, value in ((marking.judge, "8"), (second, "9"))
        ]
        await until_waiting(world, 2)
    found = sorted(code for results in await asyncio.gather(*both) for code in codes(results))

    assert found == ["accepted", "conflict"]
    assert len(await facts(world, marking.sheet)) == 1


async def test_sheet_that_is_submitted_while_a_mark_waits_takes_it_no_more(settings, world, marking):
    async with sheet_held(settings, marking.sheet) as chief:
        waiting = asyncio.create_task(enter(marking.judge, marking.sheet, op("C1", "8")))
        await until_waiting(world, 1)
        await chief.execute("UPDATE sheet SET state = 'submitted' WHERE id = $1", marking.sheet)

    assert codes(await waiting) == ["sheet_closed"]
    assert await facts(world, marking.sheet) == []


async def test_session_that_closes_while_a_mark_waits_takes_it_no_more(settings, world, marking):
    """Closing a session holds all its sheets: a mark that waits is judged by what stands there afterwards."""
    async with sheet_held(settings, marking.sheet) as chief:
        waiting = asyncio.create_task(enter(marking.judge, marking.sheet, op("C1", "8")))
        await until_waiting(world, 1)
        await chief.execute(
            "UPDATE judging_session SET state = 'closed' WHERE item_id = $1", marking.contest.item
        )

    assert codes(await waiting) == ["session_closed"]
    assert await facts(world, marking.sheet) == []


async def test_whoever_waits_for_a_lock_holds_up_nobody_else(settings, world, marking):
    async with sheet_held(settings, marking.sheet):
        stuck = asyncio.create_task(enter(marking.judge, marking.sheet, op("C1", "8")))
        others = [
            enter(marking.judges[n % 2], marking.sheets[1][n % 2], op("C1", "8", n // 2)) for n in range(2)
        ]

        assert [codes(results) for results in await asyncio.gather(*others)] == [["accepted"], ["accepted"]]
        await until_waiting(world, 1)
        assert not stuck.done()
    assert codes(await stuck) == ["accepted"]


async def test_connection_lost_in_the_middle_of_a_write_loses_no_mark(settings, world, marking):
    sent = op("C1", "8")
    async with sheet_held(settings, marking.sheet):
        waiting = asyncio.create_task(enter(marking.judge, marking.sheet, sent))
        await until_waiting(world, 1)
        killed = await world.fetchval(
            "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE '%enter_marks%'"
        )

    assert killed >= 1
    assert codes(await waiting) in (["accepted"], ["duplicate"])
    assert len(await facts(world, marking.sheet)) == 1


async def held_up(
    settings, world, marking: Marking, writer: MarkWriter
) -> contextlib.AbstractAsyncContextManager[None]:
    """A block at whose start one statement of the writer waits for a lock, so that what comes now is gathered behind it."""

    @contextlib.asynccontextmanager
    async def block() -> AsyncIterator[None]:
        async with sheet_held(settings, marking.sheet):
            stuck = asyncio.create_task(writer.write([row(marking, "8")]))
            await until_waiting(world, 1)
            yield
        await stuck

    return block()


async def test_requests_that_wait_share_one_commit(settings, world, marking, db):
    writer = MarkWriter(db.pool)
    mine, other = marking.sheets[1]
    async with await held_up(settings, world, marking, writer):
        found = await asyncio.gather(
            writer.write([row(marking, "8", sheet_id=mine)]),
            writer.write([row(marking, "9", sheet_id=other, account_id=marking.judges[1].account_id)]),
        )
    await writer.close()

    assert [records[0]["code"] for records in found] == ["accepted", "accepted"]
    assert (
        await world.fetchval(
            "SELECT count(DISTINCT xmin::text) FROM mark_revision WHERE sheet_id IN ($1, $2)", mine, other
        )
        == 1
    )


async def test_request_that_fails_spoils_no_other(settings, world, marking, db):
    writer = MarkWriter(db.pool)
    mine, other = marking.sheets[1]
    async with await held_up(settings, world, marking, writer):
        good, bad = await asyncio.gather(
            writer.write([row(marking, "8", sheet_id=mine)]),
            writer.write(
                [row(marking, "9", sheet_id=other, account_id=marking.judges[1].account_id, state="guessed")]
            ),
            return_exceptions=True,
        )
    await writer.close()

    assert good[0]["code"] == "accepted"
    assert isinstance(bad, asyncpg.CheckViolationError)
    assert await facts(world, other) == []
