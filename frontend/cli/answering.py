"""Waiting for the pages to answer."""

import http.client
import ssl
import time
from urllib.parse import urlsplit

import click

from frontend.cli.supervisor import Child

_PATIENCE = 60.0


def wait_until_answering(url: str, server: Child) -> None:
    """Wait until `/health` answers well. Raises ClickException with the end of the log when the server ends before."""
    deadline = time.monotonic() + _PATIENCE
    while health_of(url) != http.HTTPStatus.OK:
        if not server.alive() or time.monotonic() > deadline:
            last = server.log.read_text(errors="replace").splitlines()[-12:] if server.log.exists() else []
            raise click.ClickException(
                "\n  ".join([f"The pages do not answer. The end of {server.log}:", *last])
            )
        time.sleep(0.1)


def health_of(url: str) -> int | None:
    """HTTP status of `/health`, or None where nobody listens."""
    address = urlsplit(url)
    host, port = address.hostname or "127.0.0.1", address.port or 80
    connection = http.client.HTTPConnection(host, port, timeout=5)
    if address.scheme == "https":
        # A server of ours on this machine, asked whether it lives; nothing is sent that a stranger could use.
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        connection = http.client.HTTPSConnection(host, port, timeout=5, context=context)
    try:
        connection.request("GET", "/health")
        return connection.getresponse().status
    except (OSError, http.client.HTTPException):
        return None
    finally:
        connection.close()
