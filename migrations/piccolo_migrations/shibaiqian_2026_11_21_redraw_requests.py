"""A redraw is asked for by one person and confirmed by another."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from migrations import migration

ID = "2026-11-21T12:30:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "Judging: requests for a redraw"


async def forwards() -> MigrationManager:
    """One table of facts."""
    return migration(ID, DESCRIPTION, "judging/redraw_requests")
