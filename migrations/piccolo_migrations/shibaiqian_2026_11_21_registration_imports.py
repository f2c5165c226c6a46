"""Rules of registration per contest, and the rows of uploaded files that are still to be carried out."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from migrations import migration

ID = "2026-11-21T10:00:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "Registration rules and imports"


async def forwards() -> MigrationManager:
    """After the foundation, whose contests and jobs it refers to."""
    return migration(ID, DESCRIPTION, "registration/imports")
