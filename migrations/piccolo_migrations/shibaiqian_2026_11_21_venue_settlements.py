"""Differences between centre and venue that somebody has settled."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from migrations import migration

ID = "2026-11-21T22:25:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "Venue servers: settled differences"


async def forwards() -> MigrationManager:
    """One row for each difference, with who settled it and why."""
    return migration(ID, DESCRIPTION, "venue/settlements")
