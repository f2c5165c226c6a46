"""Facts are append-only: for the application, for the owner, on the parent, on a partition, and on one that was detached."""

import asyncpg
import pytest

from tests.conftest import PARTITIONED
from tests.judging.marking import enter, op

FACTS = {
    *PARTITIONED, "draw", "redraw_request", "attempt_entry", "layer_commitment", "layer_draw", "layer_opening", "layer_round", "sheet_transition", "entry_transition", "entry_standing_change", "tie_decision",
    "publication_transition", "contest_transition", "plan_version", "contest_rules", "access_event",
}  # fmt: skip
CHANGES = {
    "update": "UPDATE {} SET account_id = account_id WHERE season_id = '{}'",
    "delete": "DELETE FROM {} WHERE season_id = '{}'",
    "truncate": "TRUNCATE {}",
}


@pytest.fixture
async def owner(settings):
    connection = await asyncpg.connect(settings.owner_url)
    yield connection
    await connection.close()


@pytest.fixture
async def marked(marking, world):
    """A contest with partitions of its own and a mark, so that a row trigger has a row."""
    await world.execute("SELECT open_season_partitions($1)", marking.contest.season)
    await enter(marking.judge, marking.sheet, op("C1", "8"))
    return marking


def partition_of(marking) -> str:
    return f"mark_revision_{marking.contest.season.hex}"


async def attempt(connection: asyncpg.Connection, statement: str) -> str:
    """How the database answers; nothing of it lasts."""
    transaction = connection.transaction()
    await transaction.start()
    try:
        await connection.execute(statement)
    except asyncpg.PostgresError as error:
        return type(error).__name__
    else:
        return "done"
    finally:
        await transaction.rollback()


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("where", ["parent", "partition"])
async def test_owner_cannot_change_a_mark(owner, marked, change, where):
    table = "mark_revision" if where == "parent" else partition_of(marked)

    assert (
        await attempt(owner, CHANGES[change].format(table, marked.contest.season)) == "RestrictViolationError"
    )


@pytest.mark.parametrize("change", CHANGES)
async def test_owner_cannot_change_a_mark_after_detaching_its_partition(owner, marked, change):
    table = partition_of(marked)
    transaction = owner.transaction()
    await transaction.start()
    await owner.execute(f"ALTER TABLE mark_revision DETACH PARTITION {table}")

    found = await attempt(owner, CHANGES[change].format(table, marked.contest.season))

    await transaction.rollback()
    assert found == "RestrictViolationError"


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("where", ["parent", "partition"])
async def test_application_has_not_even_the_right(settings, marked, change, where):
    table = "mark_revision" if where == "parent" else partition_of(marked)
    application = await asyncpg.connect(settings.database_url, server_settings={"role": "shibaiqian_app"})

    found = await attempt(application, CHANGES[change].format(table, marked.contest.season))

    await application.close()
    assert found == "InsufficientPrivilegeError"


async def test_every_table_of_facts_and_every_partition_holds(owner, marked):
    """Read from the catalogue: a table of facts that somebody adds without its triggers is not in this list."""
    tables = [
        row["name"] for row in await owner.fetch("SELECT tgrelid::regclass::text AS name FROM pg_trigger WHERE tgname LIKE '%\\_no\\_truncate'")
    ]  # fmt: skip

    assert set(tables) >= FACTS | {f"{parent}_{marked.contest.season.hex}" for parent in PARTITIONED}
    for table in tables:
        assert await attempt(owner, f"TRUNCATE {table} CASCADE") == "RestrictViolationError", table
        for privilege in ("UPDATE", "DELETE", "TRUNCATE", "TRIGGER"):
            assert not await owner.fetchval(
                "SELECT has_table_privilege('shibaiqian_app', $1, $2)", table, privilege
            ), (table, privilege)
    for table in set(tables) - set(PARTITIONED):
        row_trigger = (
            "SELECT count(*) FROM pg_trigger WHERE tgrelid = $1::regclass AND tgname LIKE '%\\_append\\_only'"
        )
        assert await owner.fetchval(row_trigger, table) == 1, table


async def test_application_cannot_make_or_drop_tables(settings):
    application = await asyncpg.connect(settings.database_url, server_settings={"role": "shibaiqian_app"})

    found = [await attempt(application, statement) for statement in (
        "CREATE TABLE x (y int)", "DROP TABLE mark_revision", "ALTER TABLE mark_revision DISABLE TRIGGER ALL",
        "SET session_replication_role = replica",
    )]  # fmt: skip

    await application.close()
    assert found == ["InsufficientPrivilegeError"] * 4


async def test_state_machine_holds_below_the_application_too(owner, marked):
    """The trigger refuses what no command would ask for."""
    assert (
        await attempt(owner, f"UPDATE sheet SET state = 'signed' WHERE id = '{marked.sheet}'")
        == "CheckViolationError"
    )
    assert (
        await attempt(
            owner, f"UPDATE judging_session SET state = 'planned' WHERE item_id = '{marked.contest.item}'"
        )
        == "CheckViolationError"
    )
