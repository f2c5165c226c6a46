"""`shibaiqian create-admin`."""

import asyncio
import sys
from pathlib import Path

import click

from api.plumbing.db import Db
from api.plumbing.settings import Settings
from frontend.cli.installation import data_option, installation, part


@click.command("create-admin")
@click.option("--name", prompt="Name to sign in with", help="Name to sign in with.")
@click.option(
    "--password-stdin", is_flag=True, help="Read the password from standard input instead of asking."
)
@data_option
def command(name: str, password_stdin: bool, data: Path) -> None:
    """Make an administrator account.

    The password never stands in the argument list, where other users of the machine could read it.
    """
    password = (
        _from_stdin()
        if password_stdin
        else click.prompt("Password", hide_input=True, confirmation_prompt=True, err=True)
    )
    with installation(data) as settings:
        click.echo(asyncio.run(_create(settings, name, password)))


def _from_stdin() -> str:
    password = sys.stdin.readline().rstrip("\r\n")
    if not password:
        raise click.ClickException("Standard input holds no password.")
    return password


async def _create(settings: Settings, name: str, password: str) -> str:
    db = await Db.connect(settings)
    try:
        return str(await part("api.access.commands", "create_administrator")(db, name, password))
    finally:
        await db.close()
