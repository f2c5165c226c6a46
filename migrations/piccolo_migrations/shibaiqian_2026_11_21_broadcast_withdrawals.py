"""Notices that were taken back."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from migrations import migration

ID = "2026-11-21T22:20:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "Judging: broadcasts that were withdrawn"


async def forwards() -> MigrationManager:
    """One row for each notice that nobody is shown any more."""
    return migration(ID, DESCRIPTION, "judging/broadcast_withdrawals")
