"""The chief judge signs one version of the result by its number and hash; whatever is entered afterwards makes that void."""

from uuid import UUID

import msgspec

from api.access.actor import Actor
from api.contests.scopes import item_scope
from api.control.queries.sign_off import lacking, version_of
from api.control.schemas import SignedVersion, SignOff
from api.live.commands import tell_item
from api.plumbing.db import Db
from api.plumbing.ids import encode_id
from api.plumbing.problems import Problem
from api.results.boards import touch_board
from api.results.ledger import append_ledger
from api.results.snapshots import lock_board, take_snapshot

SIGN = """/* control.sign_off */
INSERT INTO result_sign_off (season_id, item_id, snapshot, output_hash, by_account) VALUES ($1, $2, $3, $4, $5) RETURNING id
"""


class VersionSigned(msgspec.Struct, frozen=True):
    """What those who run the item are told."""

    item: str
    snapshot: int


async def sign_off(db: Db, actor: Actor, item_id: UUID, data: SignOff) -> SignedVersion:
    """Sign the version that was looked at; signing it again changes nothing.

    Raises not_found, sign_off_moved when it is not the latest any more, sheets_unsigned, standing_incomplete.
    """
    async with db.transaction() as connection:
        item = await item_scope(connection, item_id)
        actor.require("result.sign_off", item.scope)
        season_id, _, _ = await lock_board(connection, item_id)
        latest, fresh = await take_snapshot(connection, item_id, season_id)
        if fresh:
            await touch_board(connection, item_id)
        now = await version_of(connection, item_id, latest)
        if (data.snapshot, data.hash) != (latest.number, latest.output_hash.hex()):
            raise Problem("sign_off_moved", current=now)
        if now.unsigned:
            raise Problem("sheets_unsigned", count=now.unsigned, stations="—")
        if not now.complete:
            raise Problem("standing_incomplete", count=lacking(latest))
        if not now.valid:
            await connection.execute(
                SIGN, season_id, item_id, latest.number, latest.output_hash, actor.account_id
            )
            payload = {"snapshot": latest.number, "hash": latest.output_hash.hex()}
            await append_ledger(
                connection, season_id, item_id, "result.signed_off", item_id,
                msgspec.json.encode(payload).decode(), actor.account_id,
            )  # fmt: skip
            notice = VersionSigned(encode_id("item", item_id), latest.number)
            await tell_item(connection, item_id, ("org",), "signed_off", notice)
        return await version_of(connection, item_id, latest)
