"""Entries are found by their number."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from migrations import migration

ID = "2026-11-21T15:20:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "Registration: index of numbers"


async def forwards() -> MigrationManager:
    """An index only."""
    return migration(ID, DESCRIPTION, "registration/entry_numbers")
