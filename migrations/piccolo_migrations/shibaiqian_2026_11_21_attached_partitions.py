"""Partitions of a season that are attached, so that readers of the facts neither wait nor make anybody wait."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from migrations import migration

ID = "2026-11-21T12:20:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "Results: partitions made apart and attached"


async def forwards() -> MigrationManager:
    """Replaces the function; partitions that stand are not touched."""
    return migration(ID, DESCRIPTION, "results/open_season_partitions")
