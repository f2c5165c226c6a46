"""The whole life of a contest: tables, constraints, append-only facts, state machines, partitions, privileges."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from migrations import migration

ID = "2026-11-21T09:00:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "Foundation: from regions to award decisions"


async def forwards() -> MigrationManager:
    """Rooms in the order of their foreign keys; privileges last, because they name every table."""
    return migration(
        ID,
        DESCRIPTION,
        "plumbing/role",
        "plumbing/append_only",
        "plumbing/state_machines",
        "plumbing/work",
        "organisations/tables",
        "people/tables",
        "access/tables",
        "contests/tables",
        "registration/tables",
        "judging/tables",
        "judging/mark_hash",
        "judging/enter_marks",
        "results/tables",
        "results/count_item_facts",
        "results/parents_append_only",
        "results/open_season_partitions",
        "advancement/tables",
        "awards/tables",
        "plumbing/privileges",
    )
