"""The public note of a correction that is confirmed after publication."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from migrations import migration

ID = "2026-11-21T19:11:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "Control: a note by the second person"


async def forwards() -> MigrationManager:
    """One column beside the outcome."""
    return migration(ID, DESCRIPTION, "control/confirmed_note")
