"""Corrections by two people, recheck samples, the chief judge's sign-off of a version, and decided spreads."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from migrations import migration

ID = "2026-11-21T16:40:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "Control: corrections, rechecks, sign-offs"


async def forwards() -> MigrationManager:
    """New tables of facts, and the one write that a closed sheet takes."""
    return migration(ID, DESCRIPTION, "control/tables", "control/revise_mark")
