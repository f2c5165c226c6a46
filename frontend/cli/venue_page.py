"""The page to install a venue's own authority: over plain HTTP, because no tablet trusts the venue's certificate before."""

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

import click

from api.servers.folder import free_port
from api.venue.certificates import Files, ca_der, ca_fingerprint
from frontend.locales import Locale
from frontend.rendering import STATIC, RequestContext, render
from frontend.views.venue import InstallPage, qr_of

Answers = Mapping[str, tuple[str, bytes]]
STYLES = ("tokens", "base", "layout", "controls", "sheet", "state", "facts", "venue")
SECURITY = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; img-src 'self' data:; font-src 'self'; base-uri 'none'; form-action 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}


@contextmanager
def install_page(files: Files, host: str, port: int, site: str) -> Iterator[str]:
    """Serve the page while the block lasts; gives its address. Port 0 takes a free one."""
    port = port or free_port()
    url = f"http://{urlsplit(site).hostname}:{port}"
    answers = answers_of(files, url, site)
    try:
        server = ThreadingHTTPServer((host, port), _handler(answers))
    except OSError as error:
        raise click.ClickException(
            f"Port {port} is in use by another program. Choose another with --install-port, or 0 for none."
        ) from error
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield url
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def answers_of(files: Files, url: str, site: str) -> Answers:
    """Everything that is to be had here, made beforehand: whatever else is asked for is not there."""
    certificate = f"{url}/ca.crt"
    page = InstallPage(
        fingerprint=ca_fingerprint(files),
        ca_url=certificate,
        ca_qr=qr_of(certificate),
        site_url=f"{site}/judge",
        site_qr=qr_of(f"{site}/judge"),
    )
    answers: dict[str, tuple[str, bytes]] = {"/ca.crt": ("application/x-x509-ca-cert", ca_der(files))}
    locales: dict[str, Locale] = {"/": "zh", "/en": "en"}
    for path, locale in locales.items():
        html = render(InstallPage.TEMPLATE, page, locale, RequestContext(path="/"))
        answers[path] = ("text/html; charset=utf-8", html.encode())
    for name in STYLES:
        answers[f"/static/css/{name}.css"] = ("text/css", _static(f"css/{name}.css"))
    answers["/static/icons.svg"] = ("image/svg+xml", _static("icons.svg"))
    return answers


def _static(path: str) -> bytes:
    return Path(STATIC / path).read_bytes()


def _handler(answers: Answers) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        """Looks up a path; no log, because addresses of visitors are not for a file."""

        server_version, sys_version = "shibaiqian", ""
        timeout = 10

        def do_GET(self) -> None:
            kind, body = answers.get(urlsplit(self.path).path, ("", b""))
            self.send_response(HTTPStatus.OK if kind else HTTPStatus.NOT_FOUND)
            for name, value in {
                **SECURITY,
                "Content-Type": kind or "text/plain",
                "Content-Length": str(len(body)),
            }.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            del format, args

    return Handler
