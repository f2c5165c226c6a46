"""The regions of the edition that the program carries. A later edition is a later migration that loads again."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.engine import PostgresEngine, engine_finder

from api.organisations.regions import load_regions

ID = "2026-11-21T09:30:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "Regions of GB/T 2260, edition 2026-11-21"


async def forwards() -> MigrationManager:
    """As the owner, because the application may add regions but not change what is known of one."""
    manager = MigrationManager(migration_id=ID, app_name="shibaiqian", description=DESCRIPTION)

    async def load() -> None:
        engine = engine_finder()
        assert isinstance(engine, PostgresEngine)
        transaction = engine.current_transaction.get()
        assert transaction is not None
        await load_regions(transaction.connection)

    manager.add_raw(load)
    return manager
