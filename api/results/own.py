"""One's own rank without signing in: by the signed code of a ticket's QR, or by number and six digits.

Both are made from the entry and the installation's key and stored nowhere. They open one row of what anybody may see anyway, and
before that progress; a blind item betrays nothing by them.
"""

import hashlib
import hmac
from typing import Final
from uuid import UUID

import msgspec

from api.access.actor import Actor
from api.plumbing.db import Db
from api.plumbing.ids import encode_id, parse_id
from api.plumbing.limits import Limiter
from api.plumbing.problems import Problem
from api.plumbing.settings import Settings
from api.registration.queries import show_entry
from api.registration.schemas import EntryRow
from api.results.publications import PUBLISHED
from api.results.queries import board_for_anybody
from api.results.schemas import Board, BoardRow

NEIGHBOURS: Final = 3
SEAL_LENGTH: Final = 16
DIGITS: Final = 6
# A million codes, a hundred tries a day and number: nobody guesses one, and a family on one phone is not locked out.
TRIES: Final = 10
TRIES_SECONDS: Final = 900
LONGEST_NUMBER: Final = 40
MOST_ALIKE: Final = 200

ENTRY = """/* results.own_entry */
SELECT e.id, e.item_id, i.code AS item_code FROM entry e JOIN item i ON i.id = e.item_id WHERE e.id = $1 AND e.state = 'accepted'
"""

NUMBERED = """/* results.entries_by_number */
SELECT id FROM entry WHERE number = $1 AND state = 'accepted' ORDER BY id DESC LIMIT $2
"""

SHOWN: Final = frozenset({"live", *PUBLISHED.values()})


class Ticket(msgspec.Struct, frozen=True):
    """What is printed on a ticket: the address in its QR, and number and digits for whoever cannot scan."""

    entry: str
    number: str
    url: str
    digits: str


class OwnRank(msgspec.Struct, frozen=True, kw_only=True):
    """One's own row with its neighbours, as the public board has them. Without ranks on the board there is no row and no name."""

    item_code: str
    board: Board
    own: BoardRow | None
    near: list[BoardRow]


def ticket_code(settings: Settings, entry_id: UUID) -> str:
    """The code in a ticket's QR: the entry, and a seal that only this installation makes."""
    return encode_id("entry", entry_id).partition("_")[2].lower() + _seal(settings, entry_id)


def lookup_digits(settings: Settings, entry_id: UUID) -> str:
    """Six digits to the number, for whoever cannot scan."""
    number = int.from_bytes(_mac(settings, "digits", entry_id)[:8], "big") % 10**DIGITS
    return f"{number:0{DIGITS}}"


async def ticket(db: Db, settings: Settings, actor: Actor, entry: str) -> Ticket:
    """The ticket's codes, for whoever may read the entry. Raises not_found, also before it is accepted."""
    return ticket_of(settings, await show_entry(db, actor, entry))


def ticket_of(settings: Settings, entry: EntryRow) -> Ticket:
    """The codes of an entry that the reader has been given. Raises not_found before it is accepted."""
    if entry.number is None or entry.state != "accepted":
        raise Problem("not_found")
    entry_id = parse_id("entry", entry.id)
    return Ticket(
        entry.id,
        entry.number,
        f"{settings.base_url}/r/{ticket_code(settings, entry_id)}",
        lookup_digits(settings, entry_id),
    )


async def own_rank(db: Db, settings: Settings, code: str) -> OwnRank:
    """What the code opens. Raises not_found for one that this installation has not made."""
    entry_id = _entry_of(settings, code)
    async with db.reading() as connection:
        row = await connection.fetchrow(ENTRY, entry_id)
        board = await board_for_anybody(connection, row["item_id"]) if row else None
    if row is None or board is None:
        raise Problem("not_found")
    rows = board.rows if board.audience in SHOWN else []
    entry = encode_id("entry", entry_id)
    place = next((index for index, each in enumerate(rows) if each.entry == entry), None)
    own = None if place is None else rows[place]
    near = (
        []
        if place is None or own is None or own.rank is None
        else rows[max(0, place - NEIGHBOURS) : place + NEIGHBOURS + 1]
    )
    return OwnRank(
        item_code=row["item_code"],
        board=msgspec.structs.replace(board, rows=[]),
        own=own,
        near=[each for each in near if each.rank is not None],
    )


async def find_code(db: Db, settings: Settings, limiter: Limiter, number: str, digits: str) -> str:
    """The code of a ticket by its number and digits. Raises own_rank_unknown, too_many_requests."""
    number, digits = number.strip().upper()[:LONGEST_NUMBER], digits.strip()
    await limiter.spend("own_rank", number, TRIES, TRIES_SECONDS)
    async with db.reading() as connection:
        rows = await connection.fetch(NUMBERED, number, MOST_ALIKE)
    # Every contest may have given this number; the digits say which is meant.
    matching = [
        row["id"]
        for row in rows
        if hmac.compare_digest(lookup_digits(settings, row["id"]).encode(), digits.encode())
    ]
    if not matching:
        raise Problem("own_rank_unknown")
    return ticket_code(settings, matching[0])


def _entry_of(settings: Settings, code: str) -> UUID:
    body, seal = code[:-SEAL_LENGTH], code[-SEAL_LENGTH:]
    entry_id = parse_id("entry", f"ent_{body.upper()}")
    if not hmac.compare_digest(seal.encode(), _seal(settings, entry_id).encode()):
        raise Problem("not_found")
    return entry_id


def _seal(settings: Settings, entry_id: UUID) -> str:
    return _mac(settings, "ticket", entry_id).hex()[:SEAL_LENGTH]


def _mac(settings: Settings, purpose: str, entry_id: UUID) -> bytes:
    return hmac.new(
        settings.secret_key.encode(), f"own-rank:{purpose}:{entry_id}".encode(), hashlib.sha256
    ).digest()
