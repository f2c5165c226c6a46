"""Paper sheets are typed in twice, each time without sight of the other copy."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from migrations import migration

ID = "2026-11-21T14:20:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "Judging: paper sheets entered twice"


async def forwards() -> MigrationManager:
    """Two tables of facts."""
    return migration(ID, DESCRIPTION, "judging/paper")
