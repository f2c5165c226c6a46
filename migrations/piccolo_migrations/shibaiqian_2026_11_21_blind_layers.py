"""Blind numbers: layers that are committed to, drawn and opened one after the other."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from migrations import migration

ID = "2026-11-21T16:00:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "Judging: layers of blind numbers"


async def forwards() -> MigrationManager:
    """Four tables of facts, two forbidden pairs, and draws whose seed is sealed elsewhere."""
    return migration(ID, DESCRIPTION, "judging/blind_layers")
