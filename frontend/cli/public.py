"""`shibaiqian public`."""

import os
from pathlib import Path

import click
import uvicorn

from api.plumbing.settings import Settings
from api.servers import servers_in_use
from api.servers.folder import is_free
from frontend.cli.installation import data_option, environment, own_servers


@click.command("public")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on; 0.0.0.0 for all.")
@click.option(
    "--port", default=8080, show_default=True, type=click.IntRange(1, 65535), help="Port to listen on."
)
@data_option
def command(host: str, port: int, data: Path) -> None:
    """Show public pages from a process that outlives the database.

    It keeps the last published version of every page in the data folder and goes on showing it when the database is gone, also
    after its own restart. It starts no servers; on a machine of its own it needs DATABASE_URL, REDIS_URL and the installation's
    secret.key (SHIBAIQIAN_SECRET_KEY_FILE), or the codes on tickets mean nothing to it.
    """
    from frontend.public_site import PublicSite
    from frontend.shelf import Shelf

    def find_settings() -> Settings | None:
        database_url, redis_url = own_servers()
        if not (database_url and redis_url):
            servers = servers_in_use(data, database_url=database_url, redis_url=redis_url)
            if servers is None:
                return None
            os.environ.update(environment(data, servers))
        os.environ["SHIBAIQIAN_DATA"] = str(data.absolute())
        return Settings.from_environment()

    if ":" not in host and not is_free(port, host):
        raise click.ClickException(f"Port {port} is in use by another program. Choose another with --port.")
    shown = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, host)  # noqa: S104 - compared, not bound
    click.echo(f"Public pages at http://{shown}:{port}/ (Ctrl-C stops it)")
    uvicorn.run(
        PublicSite(Shelf(data / "public"), find_settings),
        host=host,
        port=port,
        loop="uvloop",
        http="api.plumbing.one_write:OneWriteProtocol",
        access_log=False,
        # Its address is said above; what goes wrong is still logged.
        log_level="warning",
        server_header=False,
        timeout_graceful_shutdown=3,
    )
