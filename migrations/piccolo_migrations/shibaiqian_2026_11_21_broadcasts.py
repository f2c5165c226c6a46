"""Notices to the tablets of a session or to every judge of a contest."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from migrations import migration

ID = "2026-11-21T19:10:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "Judging: broadcasts to judges"


async def forwards() -> MigrationManager:
    """Two tables: what was said, and who has read it."""
    return migration(ID, DESCRIPTION, "judging/broadcasts")
