"""What is done about a spread: a judge changes their own mark, or the chief judge lets the marks stand, with the reason."""

from decimal import Decimal
from typing import Final
from uuid import UUID

import msgspec

from api.access.actor import Actor
from api.contests.scopes import session_scope
from api.control.commands.corrections import SheetChanged
from api.control.queries.spreads import WHOLE_SHEET, spreads_of_session, station_spreads
from api.control.schemas import DecideSpread, Reconsider, SessionSpreads, Spread
from api.control.sheets import checked_mark, revise, sheet_at
from api.live.commands import tell_item
from api.plumbing.db import Db
from api.plumbing.ids import encode_id
from api.plumbing.problems import Problem
from api.plumbing.texts import needed_reason
from api.results.ledger import append_ledger

REASON: Final = "分歧复议"
LONGEST_REASON: Final = 200
PUBLICATION = "/* control.publication */ SELECT state FROM publication WHERE item_id = $1 FOR SHARE"

DECIDE = """/* control.decide_spread */
INSERT INTO spread_decision (attempt_id, criterion, lowest, highest, reason, by_account) VALUES ($1, $2, $3, $4, $5, $6) RETURNING id
"""


async def reconsider_mark(db: Db, actor: Actor, sheet_id: UUID, data: Reconsider) -> SessionSpreads:
    """Change one's own mark on a criterion on which the panel lies apart; the sheet stays submitted.

    Raises not_found, spread_none where the judges do not lie apart or the mark has changed, results_closed, invalid_fields.
    """
    async with db.transaction() as connection:
        sheet = await sheet_at(connection, sheet_id, held=True)
        row = sheet.row
        if row["account_id"] != actor.account_id:
            raise Problem("not_found")
        actor.require("sheet.mark", sheet.scope)
        value = checked_mark(sheet.form, data.criterion, "scored", data.value)
        if await connection.fetchval(PUBLICATION, row["item_id"]) != "open":
            raise Problem("results_closed")
        found = await station_spreads(
            connection, row["session_id"], row["item_id"], row["contest_id"], actor.account_id
        )
        spreads = [each for attempt, station in found if attempt == row["attempt_id"] for each in station.spreads]  # fmt: skip
        # What the chief judge has signed or decided is not changed by one judge.
        apart = any(each.criterion == data.criterion and each.decided is None for each in spreads)
        if row["state"] != "submitted" or not apart:
            raise Problem("spread_none")
        if not await revise(
            connection, sheet, data.criterion, data.base_rev, "scored", value, REASON, actor.account_id
        ):
            raise Problem("spread_none")
        await tell_item(
            connection, row["item_id"], ("judge", "org"), "sheet", SheetChanged(encode_id("sheet", sheet_id))
        )
        return await spreads_of_session(db, actor, row["session_id"])


async def decide_spread(db: Db, actor: Actor, session_id: UUID, data: DecideSpread) -> SessionSpreads:
    """Let the marks stand as they are. Raises not_found, reason_needed, spread_none where they are not those that were looked at."""
    reason = needed_reason(data.reason, LONGEST_REASON)
    async with db.transaction() as connection:
        place = await session_scope(connection, session_id)
        actor.require("spread.decide", place.scope)
        item = place.item
        stations = await station_spreads(
            connection, session_id, item.item_id, item.contest_id, actor.account_id
        )
        for attempt_id, station in stations:
            for spread in station.spreads if station.station == data.station else ():
                if spread.criterion == data.criterion and _ends(spread) == (data.lowest, data.highest):
                    decided = await connection.fetchval(
                        DECIDE, attempt_id, spread.criterion or WHOLE_SHEET, Decimal(data.lowest), Decimal(data.highest), reason,
                        actor.account_id,
                    )  # fmt: skip
                    payload = {"station": data.station, "criterion": spread.criterion, "spread": str(spread.spread), "reason": reason}  # fmt: skip
                    await append_ledger(
                        connection, item.season_id, item.item_id, "spread.decided", decided,
                        msgspec.json.encode(payload).decode(), actor.account_id,
                    )  # fmt: skip
                    return await spreads_of_session(db, actor, session_id)
        raise Problem("spread_none")


def _ends(spread: Spread) -> tuple[str, str]:
    values = [mark.value for mark in spread.marks if mark.value is not None]
    return format(min(values), "f"), format(max(values), "f")
