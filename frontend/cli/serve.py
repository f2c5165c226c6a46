"""`shibaiqian serve`."""

import os
from pathlib import Path

import click
import uvicorn

from frontend.cli.installation import data_option, installation, require_own_broker


@click.command("serve")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on; 0.0.0.0 for all.")
@click.option(
    "--port", default=8000, show_default=True, type=click.IntRange(1, 65535), help="Port to listen on."
)
@click.option("--workers", default=1, show_default=True, type=click.IntRange(1, 64), help="Processes.")
@click.option(
    "--jobs", is_flag=True, help="Carry out background jobs too: a small installation needs no worker then."
)
@click.option(
    "--certificate",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Certificate with its chain, to answer HTTPS without a proxy.",
)
@click.option(
    "--key", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="Key of the certificate."
)
@data_option
def command(
    host: str, port: int, workers: int, jobs: bool, certificate: Path | None, key: Path | None, data: Path
) -> None:
    """Answer HTTP: pages and API.

    Put a proxy with HTTPS in front of it (deploy/): judges' tablets need a secure address.
    """
    require_own_broker()
    with installation(data):
        os.environ |= {"SHIBAIQIAN_JOBS": "1"} if jobs else {}
        uvicorn.run(
            "frontend.app:create_app",
            factory=True,
            host=host,
            port=port,
            workers=workers,
            loop="uvloop",
            http="api.plumbing.one_write:OneWriteProtocol",
            # The product writes its own log, without personal data; addresses and queries of visitors are not for a file.
            access_log=False,
            server_header=False,
            ssl_certfile=certificate,
            ssl_keyfile=key,
            # A live page never ends by itself; stopping does not wait for it longer than this.
            timeout_graceful_shutdown=3,
        )
