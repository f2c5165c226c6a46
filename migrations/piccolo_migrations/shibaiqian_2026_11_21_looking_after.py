"""Which organisation looks after an account, and how long a session may rest."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from migrations import migration

ID = "2026-11-21T10:00:00:000001"
VERSION = "1.38.0"
DESCRIPTION = "Access: home of an account, rest of a session"


async def forwards() -> MigrationManager:
    """Adds columns with constant defaults only: no table is rewritten."""
    return migration(ID, DESCRIPTION, "access/looking_after")
