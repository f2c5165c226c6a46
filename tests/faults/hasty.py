"""The product broken on purpose: marks are acknowledged first and written a moment later."""

import asyncio

from api.app import Application
from api.judging.writing import MarkWriter
from frontend.app import create_app as create_sound_app

HASTE_SECONDS = 0.3


def create_app() -> Application:
    """The application with a mark writer that answers before anything is durable."""
    write = MarkWriter.write

    async def write_later(writer, rows):
        async def later():
            await asyncio.sleep(HASTE_SECONDS)
            await write(writer, rows)

        _kept.append(asyncio.create_task(later()))
        return [{"pos": 1, "code": "accepted", "rev": row.base_rev + 1, "at": row.entered_at} for row in rows]

    MarkWriter.write = write_later  # type: ignore[method-assign]
    return create_sound_app()


_kept: list[asyncio.Task[None]] = []
