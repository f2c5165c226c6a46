"""Migrations: Piccolo runs them in order, the SQL stands beside them under `sql/<room>/<name>.sql`."""

from pathlib import Path

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.engine import PostgresEngine, engine_finder

SQL = Path(__file__).parent / "sql"

# A migration that cannot get its lock gives way to the people at work; it is run again later.
LOCK_TIMEOUT = "SET LOCAL lock_timeout = '10s'"


def migration(migration_id: str, description: str, *names: str) -> MigrationManager:
    """A migration that runs the SQL files `names` ("room/name") in this order, all in one transaction."""
    manager = MigrationManager(migration_id=migration_id, app_name="shibaiqian", description=description)

    async def run() -> None:
        engine = engine_finder()
        assert isinstance(engine, PostgresEngine)
        transaction = engine.current_transaction.get()
        assert transaction is not None
        # Piccolo prepares what it runs, and a prepared statement is one statement only: these files hold many.
        await transaction.connection.execute(LOCK_TIMEOUT)
        for name in names:
            await transaction.connection.execute((SQL / f"{name}.sql").read_text("utf-8"))

    manager.add_raw(run)
    return manager
