"""`shibaiqian demo-season`: the database of the demo, up to date and with its season; prints the sign-in links."""

import asyncio
import contextlib
import sys
from pathlib import Path

import click
import msgspec

from frontend.cli.installation import data_option, installation, part, settled
from frontend.cli.progress import Progress


@click.command("demo-season", hidden=True)
@click.option("--scale", required=True, type=int)
@data_option
def command(scale: int, data: Path) -> None:
    """What `demo` needs before it starts pages and jobs."""
    progress = Progress()
    # Standard output belongs to the answer; whatever a library prints on the way is progress.
    with installation(data) as settings, contextlib.redirect_stdout(sys.stderr):
        progress.step("Bringing the database up to date")
        asyncio.run(part("api.plumbing.migrating", "migrate")(settings.owner_url))
        progress.step("Building the demo season")
        settled(part("api.simulation.demo", "prepare")(settings, scale, progress.part))
        links: dict[str, str] = settled(part("api.access.demo", "demo_links")(settings))
        progress.done()
    click.echo(msgspec.json.encode(links).decode())
