"""Forbidden pairs also where one of the two roles is held at a node above the contest."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from migrations import migration

ID = "2026-11-21T10:20:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "Access: forbidden pairs by reach"


async def forwards() -> MigrationManager:
    """Replaces the trigger's function; grants that stand are not judged again."""
    return migration(ID, DESCRIPTION, "access/pairs_by_reach")
