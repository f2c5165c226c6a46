"""Judges' tablets: what they say of themselves, raised hands, the clock, judges' own signatures."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from migrations import migration

ID = "2026-11-21T14:15:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "Judging: tablets, incidents, clock, judges' signatures"


async def forwards() -> MigrationManager:
    """The present state of tablets, and three tables of facts."""
    return migration(ID, DESCRIPTION, "judging/tablets")
