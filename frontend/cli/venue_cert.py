"""`shibaiqian venue cert`."""

import socket
from pathlib import Path

import click
import psutil

from api.venue.certificates import Files, NotLocalError, ca_fingerprint, make_certificate
from frontend.cli.installation import data_option

FOLDER = "venue"


@click.command("cert")
@click.option(
    "--name", "names", multiple=True, help="A local host name, such as venue.local; may be repeated."
)
@click.option(
    "--ip", "addresses", multiple=True, help="An address of this laptop in the workshop; may be repeated."
)
@data_option
def command(names: tuple[str, ...], addresses: tuple[str, ...], data: Path) -> None:
    """Make the certificate that tablets need, with a page to install it.

    Tablets keep marks without network only on a secure address. The authority is made once, is good for private addresses and local
    names only, and is installed once on each tablet; without --name and --ip this laptop's own are taken.
    """
    names = names or (f"{socket.gethostname().split('.')[0].lower()}.local",)
    addresses = addresses or tuple(own_addresses())
    try:
        files = make_certificate(data.absolute() / FOLDER, names, addresses)
    except NotLocalError as error:
        raise click.ClickException(str(error)) from error
    click.echo(
        f"Certificate for {', '.join((*names, *addresses))}\n"
        f"Authority: {files.ca}\nSHA-256 {ca_fingerprint(files)}\n"
        f"Next: shibaiqian venue serve --data {data}; the page with the QR code to install the authority opens with it."
    )


def files_of(data: Path) -> Files:
    """Where a data folder's certificates lie."""
    return Files(data.absolute() / FOLDER)


def own_addresses() -> list[str]:
    """IPv4 addresses of this laptop in private networks, the loopback last."""
    found = [
        address.address
        for addresses in psutil.net_if_addrs().values()
        for address in addresses
        if address.family == socket.AF_INET
    ]
    private = [each for each in found if _is_private(each)]
    return sorted(private, key=lambda each: (each.startswith("127."), each))


def _is_private(address: str) -> bool:
    parts = [int(part) for part in address.split(".")]
    return (
        parts[0] in (10, 127)
        or parts[:2] in ([192, 168], [169, 254])
        or (parts[0] == 172 and 16 <= parts[1] < 32)
    )
