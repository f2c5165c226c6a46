"""`shibaiqian create-admin`."""

import asyncio
import sys
from pathlib import Path

import asyncpg
import click

from api.plumbing.db import Db
from api.plumbing.migrating import migrate
from api.plumbing.problems import Problem, problem_of_violation
from api.plumbing.settings import Settings
from frontend.cli.installation import data_option, installation, own_servers, part


@click.command("create-admin")
@click.option("--name", prompt="Name to sign in with", help="Name to sign in with.")
@click.option(
    "--password-stdin", is_flag=True, help="Read the password from standard input instead of asking."
)
@data_option
def command(name: str, password_stdin: bool, data: Path) -> None:
    """Make an administrator account; in a new data folder the database first.

    The password never stands in the argument list, where other users of the machine could read it.
    """
    password = _from_stdin() if password_stdin else _asked()
    # A database of the user's own is brought up to date by its owner, when they say so.
    ours = own_servers()[0] is None
    with installation(data) as settings:
        try:
            if ours:
                asyncio.run(migrate(settings.owner_url))
            asyncio.run(_create(settings, name, password))
        except asyncpg.UndefinedTableError as error:
            raise click.ClickException(
                "The database of DATABASE_URL holds no tables yet. First: shibaiqian migrate"
            ) from error
        except asyncpg.IntegrityConstraintViolationError as error:
            problem = problem_of_violation(error)
            raise click.ClickException(_in_words(problem) if problem else str(error)) from error
        except Problem as problem:
            raise click.ClickException(_in_words(problem)) from problem
    click.echo(f"{name} may sign in now. The first sign-in sets up the second factor.")


def _from_stdin() -> str:
    password = sys.stdin.readline().rstrip("\r\n")
    if not password:
        raise click.ClickException("Standard input holds no password.")
    return password


def _asked() -> str:
    password: str = click.prompt("Password", hide_input=True, confirmation_prompt=True, err=True)
    return password


async def _create(settings: Settings, name: str, password: str) -> None:
    db = await Db.connect(settings)
    try:
        await part("api.access.commands", "create_administrator")(db, name, password)
    finally:
        await db.close()


def _in_words(problem: Problem) -> str:
    body = problem.body()
    return " ".join([body.detail_en, *(error.detail_en for error in body.errors), body.next_en])
