"""`shibaiqian venue pull`."""

import asyncio
import os
import socket
from pathlib import Path
from uuid import UUID

import click
import msgspec

from api.plumbing.db import Db
from api.plumbing.ids import parse_id
from api.plumbing.migrating import migrate
from api.plumbing.problems import Problem
from api.plumbing.settings import Settings
from api.venue.bundles import fingerprint
from api.venue.commands.arriving import Arrived, take_in, venue_key
from api.venue.schemas import VenueState
from frontend.cli.installation import data_option, installation
from frontend.cli.venue_centre import Centre, RefusedError, ca_option, said, token_option


@click.command("pull")
@click.option("--from", "url", required=True, help="Address of the centre.")
@token_option
@click.option(
    "--session", required=True, help="The session's id (ses_…), as its page at the centre shows it."
)
@click.option("--label", default=None, help="What the centre calls this machine (default: its host name).")
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write the bundle to a file for a USB stick instead of taking it in here.",
)
@ca_option
@data_option
def command(
    url: str,
    token: str | None,
    session: str,
    label: str | None,
    out: Path | None,
    ca: Path | None,
    data: Path,
) -> None:
    """Fetch a session from the centre, or into a file.

    From now on the session can only be read at the centre. Called again it fetches the same hand-out again.
    """
    if not token:
        raise click.ClickException("A token is needed: set SHIBAIQIAN_TOKEN, or give --token.")
    centre = Centre(url, token, ca)
    label = label or socket.gethostname()[:60] or "venue"
    try:
        session_id = parse_id("session", session)
        if out is not None:
            content = _fetched(centre, session, label, None)
            write_private(out, content)
            click.echo(f"{out} holds the session. On the laptop: shibaiqian venue serve --bundle {out.name}")
            return
        with installation(data) as settings:
            arrived = asyncio.run(_pull(settings, centre, session, session_id, label))
    except Problem as problem:
        raise said(problem) from problem
    click.echo(told_arrival(arrived))


async def _pull(settings: Settings, centre: Centre, session: str, session_id: UUID, label: str) -> Arrived:
    await migrate(settings.owner_url)
    db = await Db.connect(settings)
    try:
        key = await venue_key(db, settings)
        content = await asyncio.to_thread(_fetched, centre, session, label, key.hex())
        return await take_in(db, settings, content, session_id)
    finally:
        await db.close()


def _fetched(centre: Centre, session: str, label: str, key: str | None) -> bytes:
    path = f"/sessions/{session}/venue"
    try:
        centre.post(path, msgspec.json.encode({"label": label, "venue_key": key}))
    except RefusedError as error:
        # A file that got lost on the way may be fetched again, as long as no laptop has answered.
        if key is not None or error.code != "session_handed_out" or not _nobody_has(centre, path):
            raise
    return centre.get(f"{path}/bundle")


def _nobody_has(centre: Centre, path: str) -> bool:
    state = msgspec.json.decode(centre.get(path), type=VenueState)
    return state.out and state.handouts[0].venue is None


def write_private(path: Path, content: bytes) -> None:
    """Write a file that only its owner reads, whole or not at all."""
    half = path.with_name(path.name + ".part")
    half.unlink(missing_ok=True)
    descriptor = os.open(half, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(descriptor)
    half.replace(path)


def told_arrival(arrived: Arrived) -> str:
    """What came, for the person at the laptop."""
    again = " (it was here already)" if arrived.again else ""
    missing = ""
    if arrived.without_badge:
        missing = (
            f"No badge with PIN: {', '.join(arrived.without_badge)}. They cannot sign in here: make badges on the panel's page at the "
            "centre, then fetch the session again.\n"
        )
    return (
        f"{arrived.item_zh} {arrived.name_zh}: hand-out {arrived.number}, {arrived.stations} stations, {arrived.judges} judges, "
        f"{arrived.marks} marks so far{again}\n{missing}"
        f"Centre's key: {fingerprint(arrived.centre_key)} (compare it with the session's page at the centre)"
    )
