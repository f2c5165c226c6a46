"""`shibaiqian simulate`."""

import asyncio
from pathlib import Path

import click

from api.plumbing.migrating import migrate
from api.simulation.season import SeasonThereError, simulate
from frontend.cli.installation import data_option, installation
from frontend.cli.progress import Progress


@click.command("simulate")
@click.option(
    "--scale",
    default=300,
    show_default=True,
    type=click.IntRange(200, 1_000_000),
    help="Workers in the season.",
)
@click.option(
    "--seed", default=1, show_default=True, help="The same seed and scale give the same people and marks."
)
@data_option
def command(scale: int, seed: int, data: Path) -> None:
    """Fill a database with a season of generated people and marks.

    Regions, contests, trades and rules are real (Hebei 2021); every person and mark is invented.
    """
    progress = Progress()
    with installation(data) as settings:
        progress.step("Simulating a season")
        try:
            asyncio.run(migrate(settings.owner_url))
            report = asyncio.run(simulate(settings, scale, seed, progress.part))
        except SeasonThereError as error:
            raise click.ClickException(str(error)) from error
        finally:
            progress.done()
        progress.say(str(report))
