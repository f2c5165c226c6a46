"""`shibaiqian worker`."""

from pathlib import Path

import click

from frontend.cli.installation import data_option, installation, part, until_signal


@click.command("worker")
@click.option("--robot", is_flag=True, hidden=True, help="Be the demo's robot judges too.")
@data_option
def command(robot: bool, data: Path) -> None:
    """Carry out background jobs: standings, imports, everything in the outbox.

    Any number may run at once.
    """
    with installation(data) as settings:
        works = [part("api.worker", "run")(settings)]
        if robot:
            if not settings.demo:
                raise click.ClickException("The robot judge works in a demo only. Start one: shibaiqian demo")
            # A process of its own would be sixty megabytes for a mark every other second.
            works.append(part("api.simulation.robot", "run")(settings))
        until_signal(*works)
