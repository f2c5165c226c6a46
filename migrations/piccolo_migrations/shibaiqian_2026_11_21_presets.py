"""The built-in presets, version 1, and the right to replace the stages of an unused plan."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.engine import PostgresEngine, engine_finder

from api.contests.builtin import load_presets
from migrations import SQL

ID = "2026-11-21T10:30:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "Built-in presets"


async def forwards() -> MigrationManager:
    """A preset is never changed: a later version of the documents is a later migration."""
    manager = MigrationManager(migration_id=ID, app_name="shibaiqian", description=DESCRIPTION)

    async def load() -> None:
        engine = engine_finder()
        assert isinstance(engine, PostgresEngine)
        transaction = engine.current_transaction.get()
        assert transaction is not None
        await transaction.connection.execute((SQL / "contests/replace_stages.sql").read_text("utf-8"))
        await load_presets(transaction.connection)

    manager.add_raw(load)
    return manager
