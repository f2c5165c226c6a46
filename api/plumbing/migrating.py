"""Runs the migrations that have not run yet, each together with its own record in one transaction."""

import contextlib
import io

import asyncpg
from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.apps.migrations.commands.base import BaseMigrationManager
from piccolo.apps.migrations.tables import Migration

from api.plumbing import piccolo_conf
from api.plumbing.db import MINIMUM_VERSION, DatabaseTooOld
from api.plumbing.engine import Engine

APP_NAME = "shibaiqian"
# Any number, the same in every process: two starts at once migrate one after the other.
MIGRATION_LOCK = 7_100_1000


async def migrate(owner_url: str) -> list[str]:
    """Bring the database up to date as its owner; gives the ids of the migrations run. Raises DatabaseTooOld below 18."""
    guard = await asyncpg.connect(owner_url)
    try:
        version = int(await guard.fetchval("SHOW server_version_num"))
        if version < MINIMUM_VERSION:
            raise DatabaseTooOld(version)
        await guard.execute("SELECT pg_advisory_lock($1)", MIGRATION_LOCK)
        return await _run_waiting(owner_url)
    finally:
        await guard.close()


async def waiting_migrations(owner_url: str) -> list[str]:
    """Ids of migrations that are not in the database yet; all of them where it is empty."""
    connection = await asyncpg.connect(owner_url)
    try:
        known = await connection.fetchval("SELECT to_regclass('migration') IS NOT NULL")
        done = (
            {row["name"] for row in await connection.fetch("SELECT name FROM migration")} if known else set()
        )
    finally:
        await connection.close()
    return [migration_id for migration_id in _modules() if migration_id not in done]


def _modules() -> list[str]:
    app = BaseMigrationManager().get_app_config(app_name=APP_NAME)
    manager = BaseMigrationManager()
    return sorted(manager.get_migration_modules(app.resolved_migrations_folder_path))


async def _run_waiting(owner_url: str) -> list[str]:
    # Migrations run as the owner, on an engine of their own: the application's pool has neither the right nor the role.
    application_engine = piccolo_conf.DB
    engine = Engine(config={"dsn": owner_url}, extensions=())
    piccolo_conf.DB = engine
    Migration._meta._db = engine
    try:
        # Piccolo prints as it goes; what is said about a start is said by whoever called us.
        with contextlib.redirect_stdout(io.StringIO()):
            await Migration.create_table(if_not_exists=True).run()  # type: ignore[no-untyped-call]
            done = set(await Migration.get_migrations_which_ran(app_name=APP_NAME))
            app = BaseMigrationManager().get_app_config(app_name=APP_NAME)
            modules = BaseMigrationManager().get_migration_modules(app.resolved_migrations_folder_path)
            waiting = sorted(set(modules) - done)
            for migration_id in waiting:
                async with engine.transaction():
                    manager = await modules[migration_id].forwards()
                    assert isinstance(manager, MigrationManager)
                    await manager.run()
                    await Migration.insert(Migration(name=migration_id, app_name=APP_NAME)).run()
            return waiting
    finally:
        piccolo_conf.DB = application_engine
        Migration._meta._db = application_engine
