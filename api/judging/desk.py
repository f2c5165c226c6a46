"""Where marks come in: one desk per process, with what it remembers of sheets, the writer, and the nudges to the worker."""

import contextlib
import functools
from collections.abc import AsyncIterator
from uuid import UUID

import msgspec
from litestar import Litestar

from api.access.actor import Scope
from api.contests.plans import plan_by_id
from api.judging.forms import SheetForm
from api.judging.nudging import Nudges
from api.judging.writing import MarkWriter
from api.live.commands import tell_marks
from api.plumbing.db import Connection, Db
from api.plumbing.problems import Problem
from api.plumbing.settings import Settings

REMEMBERED_SHEETS = 50_000
REMEMBERED_FORMS = 2_000

# With one sheet all of this judge's in the same session: a tablet goes from station to station.
SHEET_PLACES = """/* judging.sheet_places */
SELECT s.id, s.account_id, s.item_id, s.session_id, s.plan_id, i.contest_id, st.node, o.path
FROM sheet asked
JOIN sheet s ON s.session_id = asked.session_id AND s.account_id = asked.account_id
JOIN judging_session js ON js.id = s.session_id
JOIN stage st ON st.id = js.stage_id
JOIN item i ON i.id = s.item_id
JOIN contest c ON c.id = i.contest_id
JOIN organisation o ON o.id = c.host_id
WHERE asked.id = $1
"""


class SheetPlace(msgspec.Struct, frozen=True):
    """What does not change about a sheet: where it lies and what may be entered. `account_id` may be out of date; the database knows."""

    account_id: UUID
    item_id: UUID
    scope: Scope
    form: SheetForm


class MarkDesk:
    """See the module."""

    def __init__(self, db: Db, nudges: Nudges) -> None:
        self.db = db
        self.writer = MarkWriter(db.pool)
        self.nudges = nudges
        self._sheets: dict[UUID, SheetPlace] = {}

    async def sheet_of(self, sheet_id: UUID, account_id: UUID) -> SheetPlace:
        """The sheet, if it is this account's. Raises not_found: "absent" and "not yours" answer alike."""
        place = self._sheets.get(sheet_id)
        if place is None or place.account_id != account_id:
            await self._read(sheet_id)
            place = self._sheets[sheet_id]
        if place.account_id != account_id and not await self._has_marked(sheet_id, account_id):
            raise Problem("not_found")
        return place

    async def _read(self, sheet_id: UUID) -> None:
        async with self.db.reading() as connection:
            rows = await connection.fetch(SHEET_PLACES, sheet_id)
            if not rows:
                raise Problem("not_found")
            form = await sheet_form(connection, rows[0]["plan_id"], rows[0]["node"])
        if len(self._sheets) >= REMEMBERED_SHEETS:
            self._sheets.clear()
        scope = Scope(
            organisation_path=tuple(rows[0]["path"]),
            contest_id=rows[0]["contest_id"],
            item_id=rows[0]["item_id"],
            session_id=rows[0]["session_id"],
        )
        for row in rows:
            self._sheets[row["id"]] = SheetPlace(row["account_id"], row["item_id"], scope, form)

    async def _has_marked(self, sheet_id: UUID, account_id: UUID) -> bool:
        """Whether the sheet was theirs once: a tablet that still holds unsent marks is told so, mark by mark."""
        async with self.db.reading() as connection:
            return bool(await connection.fetchval(HAS_MARKED, sheet_id, account_id))


HAS_MARKED = """/* judging.has_marked */
SELECT EXISTS (
    SELECT FROM sheet s JOIN mark_revision m ON m.season_id = s.season_id AND m.sheet_id = s.id
    WHERE s.id = $1 AND m.account_id = $2
)
"""

_forms: dict[tuple[UUID, str], SheetForm] = {}


async def sheet_form(connection: Connection, plan_id: UUID, node: str) -> SheetForm:
    """The form of all sheets of one stage under one plan; neither ever changes."""
    form = _forms.get((plan_id, node))
    if form is None:
        if len(_forms) >= REMEMBERED_FORMS:
            _forms.clear()
        form = _forms[plan_id, node] = SheetForm(await plan_by_id(connection, plan_id), node)
    return form


@contextlib.asynccontextmanager
async def open_desk(app: Litestar, settings: Settings) -> AsyncIterator[None]:
    """The desk of this process as `state.desk`; on leaving, what was handed in is written and told."""
    tell = functools.partial(tell_marks, app.state.db)
    desk = app.state.desk = MarkDesk(app.state.db, Nudges(app.state.db, app.state.poker, tell))
    try:
        yield
    finally:
        await desk.writer.close()
        await desk.nudges.close()
