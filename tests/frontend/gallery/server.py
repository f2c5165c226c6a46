"""Serves the gallery on 127.0.0.1 under the product's content security policy.

`python -m tests.frontend.gallery.server` prints its address and serves until it is interrupted.
"""

import mimetypes
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import ClassVar
from urllib.parse import parse_qs, urlsplit

from frontend.rendering import STATIC, render
from tests.frontend.gallery import SCREENS

CSP = (
    "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "object-src 'none'; base-uri 'none'; frame-ancestors 'none'; form-action 'self'"
)


class Gallery(BaseHTTPRequestHandler):
    """GET /g/{screen} and /en/g/{screen} are the screens; every POST is kept in `posted` and answered with 204."""

    posted: ClassVar[list[tuple[str, dict[str, list[str]]]]] = []

    def do_GET(self) -> None:
        path = urlsplit(self.path).path
        if path.startswith("/static/"):
            file = (STATIC / path.removeprefix("/static/")).resolve()
            if file.is_file() and file.is_relative_to(STATIC):
                self._send(200, mimetypes.guess_type(file.name)[0] or "text/plain", file.read_bytes())
            else:
                self._send(404, "text/plain", b"")
            return
        locale = "en" if path.startswith("/en/") else "zh"
        screen = SCREENS.get(path.rpartition("/")[2])
        if screen is None:
            self._send(404, "text/plain", b"no such screen")
            return
        html = render(screen.template, screen.view, locale, screen.context)
        self._send(200, "text/html; charset=utf-8", html.encode())

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        fields = parse_qs(body.decode("utf-8", "replace"), keep_blank_values=True)
        self.posted.append((urlsplit(self.path).path, fields))
        self._send(204, "text/plain", b"")

    def _send(self, status: int, kind: str, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Content-Security-Policy", CSP)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Quiet: the tests say what went wrong."""


@contextmanager
def gallery_server() -> Iterator[str]:
    """The address of a running gallery."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Gallery)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


if __name__ == "__main__":
    with gallery_server() as address:
        for name in SCREENS:
            print(f"{address}/g/{name}")
        threading.Event().wait()
