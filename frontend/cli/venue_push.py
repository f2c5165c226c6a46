"""`shibaiqian venue push`."""

import asyncio
from pathlib import Path

import click
import msgspec

from api.plumbing.db import Db
from api.plumbing.ids import parse_id
from api.plumbing.problems import Problem
from api.plumbing.settings import Settings
from api.venue.commands.sending import Outgoing, outgoing, sessions_held
from api.venue.schemas import Report
from frontend.cli.installation import data_option, installation
from frontend.cli.venue_centre import OCTETS, Centre, ca_option, said, token_option, told
from frontend.cli.venue_pull import write_private


@click.command("push")
@click.option("--to", "url", help="Address of the centre.")
@token_option
@click.option("--session", help="Only this session (ses_…); without it all that are here.")
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    help="Write the bundle to this file (one session) or folder (all) for a USB stick.",
)
@ca_option
@data_option
def command(
    url: str | None, token: str | None, session: str | None, out: Path | None, ca: Path | None, data: Path
) -> None:
    """Bring the facts back to the centre, or into a file.

    As often as there is a link, also while the session runs: what the centre has already is not taken twice.
    """
    if out is None and not (url and token):
        raise click.ClickException(
            "Name the centre with --to and a token (SHIBAIQIAN_TOKEN), or a file with --out."
        )
    centre = Centre(url, token, ca) if out is None and url and token else None
    try:
        with installation(data) as settings:
            bundles = asyncio.run(_bundles(settings, session))
    except Problem as problem:
        raise said(problem) from problem
    if not bundles:
        raise click.ClickException(f"No session has been fetched into {data}.")
    for bundle in bundles:
        if centre is None:
            assert out is not None
            file = out / f"{bundle.session}.sbq" if out.is_dir() or len(bundles) > 1 else out
            file.parent.mkdir(parents=True, exist_ok=True)
            write_private(file, bundle.content)
            click.echo(
                f"{bundle.name_zh}: {bundle.marks} marks in {file}. Upload it on the session's page at the centre."
            )
        else:
            answer = centre.post(f"/sessions/{bundle.session}/venue/facts", bundle.content, OCTETS)
            click.echo(f"{bundle.name_zh}: {told(msgspec.json.decode(answer, type=Report))}")


async def _bundles(settings: Settings, session: str | None) -> list[Outgoing]:
    db = await Db.connect(settings)
    try:
        wanted = (
            [parse_id("session", session)]
            if session
            else [held.session_id for held in await sessions_held(db)]
        )
        return [await outgoing(db, settings, each) for each in wanted]
    finally:
        await db.close()
