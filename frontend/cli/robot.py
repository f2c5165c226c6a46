"""`shibaiqian robot`: the judge who marks in the demo, so that its live pages move."""

from pathlib import Path

import click

from frontend.cli.installation import data_option, installation, part, until_signal


@click.command("robot", hidden=True)
@data_option
def command(data: Path) -> None:
    """Mark the demo's item that is in mid-marking."""
    with installation(data) as settings:
        if not settings.demo:
            raise click.ClickException("The robot judge works in a demo only. Start one: shibaiqian demo")
        until_signal(part("api.simulation.robot", "run")(settings))
