"""Big screens and ceremonies."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from migrations import migration

ID = "2026-11-21T15:10:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "Live: screens and ceremonies"


async def forwards() -> MigrationManager:
    """New tables only."""
    return migration(ID, DESCRIPTION, "live/screens")
