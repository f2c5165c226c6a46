"""`shibaiqian worker`."""

from pathlib import Path

import click

from frontend.cli.installation import data_option, installation, part, until_signal


@click.command("worker")
@data_option
def command(data: Path) -> None:
    """Carry out background jobs: standings, imports, everything in the outbox.

    Any number may run at once; `serve --jobs` is one too.
    """
    with installation(data) as settings:
        until_signal(part("api.worker", "run")(settings))
