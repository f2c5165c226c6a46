"""Presets: the built-in ones and those of organisations above and below the reader's own."""

from uuid import UUID

import asyncpg
import msgspec

from api.access.actor import Actor
from api.contests.presets import PresetDocument, Tier
from api.contests.schemas import Preset, PresetLine
from api.organisations.parameters import cursor_id, cursor_number
from api.organisations.queries import LINEAGE, reach_of
from api.plumbing.db import Connection, Db
from api.plumbing.ids import encode_id
from api.plumbing.paging import Page, decode_cursor, page_of
from api.plumbing.problems import Problem

VISIBLE_PRESETS = f"""WITH {LINEAGE}, visible AS (
    SELECT p.* FROM preset p LEFT JOIN organisation o ON o.id = p.organisation_id
    WHERE p.organisation_id IS NULL OR o.path && $1 OR o.id IN (SELECT id FROM lineage)
)"""  # noqa: S608 - built from constants

LIST_PRESETS = f"""/* contests.list_presets */
{VISIBLE_PRESETS}
SELECT id, organisation_id, code, version, tier, name_zh, name_en, hash, jsonb_array_length(document -> 'items') AS items
FROM visible
WHERE ($3::text IS NULL OR tier = $3)
  AND ($4::text IS NULL OR (code, -version, id) > ($4, -$5::integer, $6::uuid))
ORDER BY code, -version, id
LIMIT $7
"""  # noqa: S608 - built from constants of this file


async def list_presets(
    db: Db, actor: Actor, limit: int, cursor: str | None = None, tier: Tier | None = None
) -> Page[PresetLine]:
    """Presets by code, the newest version first, without their documents."""
    after = decode_cursor(cursor, 3)
    async with db.reading() as connection:
        rows = await connection.fetch(
            LIST_PRESETS, *reach_of(actor, "contest.read"), tier, after[0] if after else None,
            cursor_number(after[1]) if after else None, cursor_id("preset", after[2]) if after else None, limit + 1,
        )  # fmt: skip
    presets = [_line(row) for row in rows]
    return page_of(presets, limit, [[each.code, str(each.version), each.id] for each in presets])


PRESET_IN_SIGHT = f"""/* contests.preset_in_sight */
{VISIBLE_PRESETS}
SELECT id, organisation_id, hash, document FROM visible WHERE id = $3
"""  # noqa: S608 - built from constants of this file


async def preset(db: Db, actor: Actor, preset_id: UUID) -> Preset:
    """A preset with its document. Raises not_found."""
    async with db.reading() as connection:
        found = await find_preset(connection, actor, preset_id)
    if found is None:
        raise Problem("not_found")
    return found


async def find_preset(connection: Connection, actor: Actor, preset_id: UUID) -> Preset | None:
    """A preset that the actor may use, or None."""
    row = await connection.fetchrow(PRESET_IN_SIGHT, *reach_of(actor, "contest.read"), preset_id)
    if row is None:
        return None
    return Preset(
        id=encode_id("preset", row["id"]),
        organisation_id=_owner(row),
        hash=row["hash"].hex(),
        document=_decoder.decode(row["document"]),
    )


PRESET_OF_CONTEST = """/* contests.preset_of_contest */
SELECT p.document FROM contest c JOIN preset p ON p.id = c.preset_id WHERE c.id = $1
"""


async def preset_of_contest(connection: Connection, contest_id: UUID) -> PresetDocument | None:
    """The document a contest was made from; None where it was made without."""
    document = await connection.fetchval(PRESET_OF_CONTEST, contest_id)
    return None if document is None else _decoder.decode(document)


_decoder = msgspec.json.Decoder(PresetDocument)


def _line(row: asyncpg.Record) -> PresetLine:
    return PresetLine(
        id=encode_id("preset", row["id"]),
        organisation_id=_owner(row),
        code=row["code"],
        version=row["version"],
        tier=row["tier"],
        name_zh=row["name_zh"],
        name_en=row["name_en"],
        hash=row["hash"].hex(),
        items=row["items"],
    )


def _owner(row: asyncpg.Record) -> str | None:
    return encode_id("organisation", row["organisation_id"]) if row["organisation_id"] else None
