"""Checklists of award rules are answered beside the five questions."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from migrations import migration

ID = "2026-11-21T14:10:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "Awards: answers to the checklists of rules"


async def forwards() -> MigrationManager:
    """A wider constraint on the question."""
    return migration(ID, DESCRIPTION, "awards/checklist_answers")
