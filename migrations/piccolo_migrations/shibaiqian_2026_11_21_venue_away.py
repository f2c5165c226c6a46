"""What a venue server knows of judges who stand aside, and standings of those who are away."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from migrations import migration

ID = "2026-11-21T19:20:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "Venue servers: judges who stand aside, and who is absent while a session is away"


async def forwards() -> MigrationManager:
    """A table of the venue server, and two triggers."""
    return migration(ID, DESCRIPTION, "venue/away")
