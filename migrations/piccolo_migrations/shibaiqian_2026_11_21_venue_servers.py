"""Sessions handed out to a venue server, and what such a server knows of where they come from."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from migrations import migration

ID = "2026-11-21T16:30:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "Venue servers: hand-outs, imports, and the guard of a session that is out"


async def forwards() -> MigrationManager:
    """Tables and the triggers that hold a session still."""
    return migration(ID, DESCRIPTION, "venue/tables")
