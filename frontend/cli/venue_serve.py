"""`shibaiqian venue serve`."""

import asyncio
import contextlib
import os
import sys
from contextlib import ExitStack
from pathlib import Path

import click
import msgspec

from api.plumbing.db import Db
from api.plumbing.migrating import migrate
from api.plumbing.problems import Problem
from api.plumbing.settings import Settings
from api.servers import running_servers
from api.servers.folder import free_port, is_free
from api.venue.certificates import Files, ca_fingerprint, make_certificate, served_names
from api.venue.commands.arriving import take_in
from api.venue.commands.keeping import keeper_link
from api.venue.commands.sending import sessions_held
from frontend.cli.answering import wait_until_answering
from frontend.cli.installation import data_option, environment, own_servers, plain_errors
from frontend.cli.progress import Progress
from frontend.cli.supervisor import Child, EngineUnit, StopSignals, Supervisor, Unit, stop_all, stop_leftovers
from frontend.cli.venue_centre import said
from frontend.cli.venue_cert import files_of, own_addresses
from frontend.cli.venue_page import install_page
from frontend.cli.venue_pull import told_arrival


class Ready(msgspec.Struct):
    """What `--json` prints when everything answers."""

    url: str
    keeper: str | None
    install: str | None
    sessions: list[str]


class Doors(msgspec.Struct, frozen=True):
    """Where the venue server is reached: by tablets, by this machine, and with what certificate."""

    url: str
    here: str
    host: str
    port: int
    certificate: Path | None
    key: Path | None
    authority: Files | None


@click.command("serve")
@click.option(
    "--bundle",
    "bundles",
    multiple=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A session from a USB stick; may be repeated.",
)
@click.option("--host", default="0.0.0.0", show_default=True, help="Address to listen on.")  # noqa: S104 - a LAN is what it is for
@click.option(
    "--port", default=8443, show_default=True, type=click.IntRange(0, 65535), help="Port; 0 takes a free one."
)
@click.option("--cert", "certificate", type=click.Path(exists=True, dir_okay=False, path_type=Path),
              help="A certificate of your own, with its chain (default: the one of `venue cert`, made when missing).")  # fmt: skip
@click.option("--key", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="Its key.")
@click.option("--name", default=None, help="The name that the certificate of your own is for.")
@click.option(
    "--plain", is_flag=True, help="HTTP without certificate: tablets then keep no marks without network."
)
@click.option("--install-port", default=8080, show_default=True, type=click.IntRange(0, 65535),
              help="Port of the page to install the venue's authority; 0 for none.")  # fmt: skip
@click.option(
    "--json",
    "as_json",
    is_flag=True,
    help="When ready, print one JSON object and nothing else to standard output.",
)
@data_option
def command(
    bundles: tuple[Path, ...], host: str, port: int, certificate: Path | None, key: Path | None, name: str | None, plain: bool,
    install_port: int, as_json: bool, data: Path,
) -> None:  # fmt: skip
    """Judge the sessions that were fetched, over the workshop's own network.

    Needs no internet. PostgreSQL, Valkey, pages and jobs run until Ctrl-C and find their data again, also after a crash.
    """
    if (certificate is None) != (key is None):
        raise click.ClickException("--cert and --key belong together.")
    progress = Progress()
    doors = _doors(data.absolute(), host, port, certificate, key, name, plain=plain)
    with (
        plain_errors(),
        contextlib.suppress(KeyboardInterrupt),
        StopSignals() as signals,
        ExitStack() as stack,
    ):
        with signals.quiet_on_the_way_out():
            ready, supervisor = _start(stack, data.absolute(), doors, bundles, install_port, progress)
            _print(ready, as_json)
            supervisor.watch(signals)
        progress.done()
        progress.say("Stopping …")
    progress.say(f"Stopped. The data stays in {data.absolute()}.")


def _doors(
    data: Path, host: str, port: int, certificate: Path | None, key: Path | None, name: str | None, *, plain: bool
) -> Doors:  # fmt: skip
    if port == 0:
        port = free_port()
    elif not is_free(port):
        raise click.ClickException(f"Port {port} is in use by another program. Choose another with --port.")
    authority = None
    names = [name] if name else []
    if certificate is None and not plain:
        authority = files_of(data)
        if not authority.whole:
            authority = make_certificate(authority.folder, [], own_addresses())
        certificate, key = authority.server, authority.server_key
        named, addresses = served_names(authority)
        names += [*(each for each in addresses if not each.startswith("127.")), *named]
    scheme = "http" if certificate is None else "https"
    outside = (names or [each for each in own_addresses() if not each.startswith("127.")] or ["127.0.0.1"])[0]
    if host not in ("0.0.0.0", "::"):  # noqa: S104 - compared, not bound
        outside = name or host
    here = f"{scheme}://127.0.0.1:{port}"
    return Doors(f"{scheme}://{outside}:{port}", here, host, port, certificate, key, authority)


def _start(
    stack: ExitStack,
    data: Path,
    doors: Doors,
    bundles: tuple[Path, ...],
    install_port: int,
    progress: Progress,
) -> tuple[Ready, Supervisor]:
    """Bring everything up, in the order in which one needs the other; `stack` takes it all down again."""
    database_url, redis_url = own_servers()
    progress.step("Starting PostgreSQL and Valkey")
    with contextlib.redirect_stdout(sys.stderr):
        servers = stack.enter_context(running_servers(data, database_url=database_url, redis_url=redis_url))
        if stop_leftovers(data):
            progress.say("Stopped what the last run had left behind.")
        os.environ.update(environment(data, servers), SHIBAIQIAN_BASE_URL=doors.url)
        settings = Settings.from_environment()
        progress.step("Bringing the database up to date")
        asyncio.run(migrate(settings.owner_url))
        arrived, sessions, link = asyncio.run(_prepare(settings, bundles))
        for line in arrived:
            progress.say(line)
        progress.step("Starting pages and jobs")
        children = _children(data, doors)
        stack.callback(stop_all, children)
        for child in children:
            child.revive()
        wait_until_answering(doors.here, children[0])
        install = None
        if doors.authority is not None and install_port:
            install = stack.enter_context(install_page(doors.authority, doors.host, install_port, doors.url))
    progress.done()
    if doors.authority is not None:
        progress.say(f"Authority SHA-256 {ca_fingerprint(doors.authority)}")
    units: list[Unit] = [*map(EngineUnit, servers.engines), *children]
    keeper = None if link is None else f"{doors.url}{link}"
    return Ready(doors.url, keeper, install, sessions), Supervisor(units, progress.say)


async def _prepare(settings: Settings, bundles: tuple[Path, ...]) -> tuple[list[str], list[str], str | None]:
    """Take in what came by stick; gives what to say, the sessions that are here, and the keeper's link."""
    db = await Db.connect(settings)
    try:
        arrived = [told_arrival(await take_in(db, settings, file.read_bytes())) for file in bundles]
        sessions = [f"{held.item_name} {held.name_zh} ({held.state})" for held in await sessions_held(db)]
        return arrived, sessions, await keeper_link(db)
    except Problem as problem:
        raise said(problem) from problem
    finally:
        await db.close()


def _children(data: Path, doors: Doors) -> list[Child]:
    program = [sys.executable, "-m", "frontend.cli"]
    serve = ["serve", "--host", doors.host, "--port", str(doors.port)]
    if doors.certificate is not None:
        serve += ["--certificate", str(doors.certificate), "--key", str(doors.key)]
    commands = {"api": serve, "worker": ["worker"]}
    return [Child(name, [*program, *words], os.environ, data) for name, words in commands.items()]


def _print(ready: Ready, as_json: bool) -> None:
    if as_json:
        click.echo(msgspec.json.encode(ready).decode())
        return
    lines = ["", f"Tablets open {ready.url}/judge", ""]
    if ready.install:
        lines += [f"Install the authority on each tablet first: {ready.install}", ""]
    lines += (
        [f"Keeper, once: {ready.keeper}"]
        if ready.keeper
        else ["No session is here yet: venue pull, or --bundle FILE."]
    )
    lines += [f"  {session}" for session in ready.sessions]
    click.echo("\n".join([*lines, "", "Ctrl-C stops it."]))
