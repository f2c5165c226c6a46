"""The control room and sessions that are away."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from migrations import migration

ID = "2026-11-21T17:10:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "Venue servers: what the control room writes"


async def forwards() -> MigrationManager:
    """Triggers on corrections, decisions, rechecks, sign-offs and standings."""
    return migration(ID, DESCRIPTION, "venue/control")
