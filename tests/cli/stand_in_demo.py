"""`shibaiqian demo` with stand-ins for the rooms behind it: real servers and a real supervisor, children of a few lines."""

import http.server
import os
import signal
import subprocess
import sys
from pathlib import Path

from frontend.cli import demo
from frontend.cli.supervisor import Child


def links(data: Path, scale: int) -> dict[str, str]:
    print("a library that prints")
    url = os.environ["SHIBAIQIAN_BASE_URL"]
    return {"organiser": f"{url}/in/organiser", "judge": f"{url}/in/judge"}


def children(data: Path, url: str) -> list[Child]:
    program = [sys.executable, __file__]
    pages = Child("api", [*program, "pages", url.rsplit(":", 1)[1]], os.environ, data)
    return [pages, Child("worker", [*program, "worker"], os.environ, data)]


class Pages(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()


def main(role: str, arguments: list[str]) -> None:
    if role == "pages":
        http.server.HTTPServer(("127.0.0.1", int(arguments[0])), Pages).serve_forever()
    elif role == "worker":
        # A child with a child of its own, which must not outlive it either.
        subprocess.Popen(["/bin/sleep", "600"])
        signal.pause()
    else:
        demo._links, demo._children = links, children
        demo.command.main(arguments, prog_name="demo")


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
