"""A judge signs their own sheets of a session. Marks are saved long before; a signature holds nothing up."""

from uuid import UUID

import msgspec

from api.access.actor import Actor
from api.access.commands.confirming import asks_pin, confirm_pin
from api.contests.scopes import session_scope
from api.judging.queries.own_signature import own_signature
from api.judging.tablet_schemas import OwnSignature, SignOwnSheets
from api.plumbing.db import Db
from api.plumbing.problems import Problem
from api.results.ledger import append_ledger

SIGN_OWN = """/* judging.sign_own_sheets */
INSERT INTO judge_signature (session_id, account_id, hash, sheets, way) VALUES ($1, $2, $3, $4, $5)
"""


async def sign_own_sheets(db: Db, actor: Actor, session_id: UUID, data: SignOwnSheets) -> OwnSignature:
    """Sign what was looked at. Raises not_found, pin_wrong, sign_in_locked, sheet_moved, own_sheets_open."""
    # Before the transaction, because a wrong PIN counts whatever becomes of the rest.
    await confirm_pin(db, actor, data.pin)
    async with db.transaction() as connection:
        place = await session_scope(connection, session_id)
        actor.require("sheet.mark", place.scope)
        found = await own_signature(db, actor, session_id)
        if found.hash != data.hash:
            raise Problem("sheet_moved", current=found)
        if found.open:
            raise Problem("own_sheets_open", stations="、".join(f"{each:02}" for each in found.open[:20]))
        way = "pin" if asks_pin(actor) else "sign_in"
        await connection.execute(
            SIGN_OWN, session_id, actor.account_id, bytes.fromhex(found.hash), found.sheets, way
        )
        payload = msgspec.json.encode({"judge": found.judge, "hash": found.hash, "way": way}).decode()
        await append_ledger(
            connection, place.item.season_id, place.item.item_id, "judge.signed", session_id, payload, actor.account_id
        )  # fmt: skip
        return await own_signature(db, actor, session_id)
