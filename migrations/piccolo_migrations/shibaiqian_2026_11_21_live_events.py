"""What readers of a contest are told, and the editions of a public board."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from migrations import migration

ID = "2026-11-21T15:00:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "Live: events and editions of boards"


async def forwards() -> MigrationManager:
    """New tables and functions only."""
    return migration(ID, DESCRIPTION, "live/events")
