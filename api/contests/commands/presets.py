"""Presets: a version is added and never changed."""

import hashlib
from uuid import UUID

import msgspec

from api.access.actor import Actor
from api.contests.presets import PresetDocument, preset_errors
from api.contests.schemas import CreatePreset, Preset
from api.organisations.commands import organisation_scope
from api.plumbing.db import Connection, Db
from api.plumbing.ids import encode_id, parse_id
from api.plumbing.problems import Problem, field_error, invalid_fields

ADD_TRADES = """/* contests.add_trades */
INSERT INTO trade (code, name_zh, name_en) SELECT * FROM unnest($1::text[], $2::text[], $3::text[]) ON CONFLICT DO NOTHING
"""

KNOWN_TRADES = """/* contests.known_trades */
SELECT code FROM trade WHERE code = ANY ($1)
"""

LAST_VERSION = """/* contests.last_preset_version */
SELECT coalesce(max(version), 0) FROM preset WHERE organisation_id IS NOT DISTINCT FROM $1 AND code = $2
"""

ADD_PRESET = """/* contests.add_preset */
INSERT INTO preset (organisation_id, code, version, tier, name_zh, name_en, document, hash)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
ON CONFLICT ON CONSTRAINT preset_version_once DO NOTHING
RETURNING id
"""


async def create_preset(db: Db, actor: Actor, data: CreatePreset) -> Preset:
    """Add a preset or its next version. Raises not_found, invalid_fields, preset_version_wrong."""
    organisation_id = parse_id("organisation", data.organisation_id)
    document = data.document
    async with db.transaction() as connection:
        actor.require("preset.create", await organisation_scope(connection, organisation_id))
        errors = preset_errors(document, "/document")
        if errors:
            raise invalid_fields(*errors)
        last = await connection.fetchval(LAST_VERSION, organisation_id, document.code)
        if document.version != last + 1:
            raise Problem("preset_version_wrong", expected=last + 1)
        preset_id = await add_preset(connection, organisation_id, document)
        # Somebody else added this version between the look and the insert.
        if preset_id is None:
            raise Problem("preset_version_wrong", expected=document.version + 1)
    return Preset(
        id=encode_id("preset", preset_id),
        organisation_id=data.organisation_id,
        hash=preset_hash(document).hex(),
        document=document,
    )


async def add_preset(
    connection: Connection, organisation_id: UUID | None, document: PresetDocument
) -> UUID | None:
    """Store a checked document with its trades; None where this version is there already. Raises invalid_fields."""
    codes = [trade.code for trade in document.trades]
    await connection.execute(
        ADD_TRADES, codes, [trade.name_zh for trade in document.trades], [trade.name_en for trade in document.trades]
    )  # fmt: skip
    known = {row["code"] for row in await connection.fetch(KNOWN_TRADES, codes)}
    missing = [place for place, code in enumerate(codes) if code not in known]
    if missing:
        # Its name belongs to another code; two codes for one trade would split its awards.
        raise invalid_fields(
            *(field_error(f"/document/trades/{place}/name_zh", "trade_name_taken") for place in missing)
        )
    preset_id: UUID | None = await connection.fetchval(
        ADD_PRESET, organisation_id, document.code, document.version, document.tier, document.name_zh, document.name_en,
        msgspec.json.encode(document).decode(), preset_hash(document),
    )  # fmt: skip
    return preset_id


def preset_hash(document: PresetDocument) -> bytes:
    """SHA-256 of the document: two installations that hold the same rules can tell."""
    return hashlib.sha256(msgspec.json.encode(document, order="sorted")).digest()
