"""Static files: read once, sent with the mark of their content, so that browsers may keep them for a year."""

import hashlib
import mimetypes
from functools import cache
from typing import Annotated

from litestar import Request, Response, get
from litestar.datastructures import State
from litestar.params import FromPath, QueryParameter

from api.access.actor import Actor
from api.plumbing.problems import Problem
from frontend.rendering import STATIC

YEAR = "public, max-age=31536000, immutable"


@get("/static/{path:path}", opt={"public": True}, include_in_schema=False)
async def send_static(
    request: Request[Actor, None, State],
    path: FromPath[str],
    v: Annotated[str, QueryParameter(max_length=20)] = "",
) -> Response[bytes]:
    """A file of `static/`; `v` is the mark of its content. Litestar's own router never answers 304."""
    found = _file(path.lstrip("/"))
    if found is None:
        raise Problem("not_found")
    body, etag, media_type = found
    headers = {"ETag": etag, "Cache-Control": YEAR if v else "public, no-cache"}
    if etag in request.headers.get("if-none-match", ""):
        return Response(b"", status_code=304, headers=headers, media_type=media_type)
    return Response(body, headers=headers, media_type=media_type)


@cache
def _files() -> dict[str, tuple[bytes, str, str]]:
    """Every file there is: a path from outside is looked up here and never touches the disk."""
    files = {}
    for path in STATIC.rglob("*"):
        if path.is_file():
            body = path.read_bytes()
            kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
            if kind.startswith("text/") or kind.endswith("javascript"):
                kind += "; charset=utf-8"
            files[path.relative_to(STATIC).as_posix()] = (
                body,
                f'"{hashlib.sha256(body).hexdigest()[:32]}"',
                kind,
            )
    return files


def _file(path: str) -> tuple[bytes, str, str] | None:
    return _files().get(path)
