"""`shibaiqian migrate`."""

import asyncio
from pathlib import Path

import click

from api.plumbing.db import DatabaseTooOld
from api.plumbing.migrating import migrate
from frontend.cli.installation import data_option, installation


@click.command("migrate")
@data_option
def command(data: Path) -> None:
    """Bring the database up to date.

    Runs as the owner of the database (DATABASE_OWNER_URL). Safe to call again: what has run does not run twice.
    """
    with installation(data) as settings:
        try:
            done = asyncio.run(migrate(settings.owner_url))
        except DatabaseTooOld as error:
            raise click.ClickException(str(error)) from error
    click.echo("\n".join(f"ran {name}" for name in done) or "The database is up to date.")
