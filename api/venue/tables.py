"""Plain tables of facts that travel row by row: their columns, their key, and how a row belongs to a session.

A row comes in once: its key is random and was made where the fact was recorded, so that it is the fact's own name everywhere.
"""

from typing import Final, NamedTuple
from uuid import UUID

import msgspec

from api.plumbing.db import Connection
from api.venue.schemas import Row


class FactTable(NamedTuple):
    """`columns` are name and type; `of_session` says which rows are of the session $1; `words` is what people call it, zh and en."""

    columns: tuple[tuple[str, str], ...]
    key: tuple[str, ...]
    of_session: str
    order: str
    words: tuple[str, str]


_OF_SESSION: Final = "session_id = $1"
_OF_SHEETS: Final = "sheet_id IN (SELECT id FROM sheet WHERE session_id = $1)"

# In the order in which one needs the other.
TABLES: Final = {
    "incident": FactTable(
        (("id", "uuid"), ("session_id", "uuid"), ("station", "smallint"), ("kind", "text"), ("note", "text"),
         ("by_account", "uuid"), ("occurred_at", "timestamptz"), ("at", "timestamptz")),
        ("id",), _OF_SESSION, "at, id", ("举手", "a raised hand"),
    ),
    "incident_answer": FactTable(
        (("incident_id", "uuid"), ("position", "smallint"), ("state", "text"), ("note", "text"), ("by_account", "uuid"),
         ("at", "timestamptz")),
        ("incident_id", "position"), "incident_id IN (SELECT id FROM incident WHERE session_id = $1)", "incident_id, position",
        ("对举手的答复", "an answer to a raised hand"),
    ),
    "broadcast": FactTable(
        (("id", "uuid"), ("contest_id", "uuid"), ("session_id", "uuid"), ("text", "text"), ("by_account", "uuid"),
         ("at", "timestamptz")),
        ("id",), _OF_SESSION, "at, id", ("广播", "a broadcast"),
    ),
    "broadcast_receipt": FactTable(
        (("broadcast_id", "uuid"), ("account_id", "uuid"), ("session_id", "uuid"), ("at", "timestamptz")),
        ("broadcast_id", "account_id"), _OF_SESSION, "broadcast_id, account_id", ("广播已读", "a broadcast that was read"),
    ),
    "broadcast_withdrawal": FactTable(
        (("broadcast_id", "uuid"), ("session_id", "uuid"), ("by_account", "uuid"), ("at", "timestamptz")),
        ("broadcast_id",), _OF_SESSION, "at, broadcast_id", ("广播撤回", "a broadcast that was withdrawn"),
    ),
    "clock_event": FactTable(
        (("id", "uuid"), ("session_id", "uuid"), ("station", "smallint"), ("kind", "text"), ("occurred_at", "timestamptz"),
         ("make_up_s", "integer"), ("reason", "text"), ("by_account", "uuid"), ("at", "timestamptz")),
        ("id",), _OF_SESSION, "occurred_at, at, id", ("计时", "the clock"),
    ),
    "judge_signature": FactTable(
        (("id", "uuid"), ("session_id", "uuid"), ("account_id", "uuid"), ("hash", "bytea"), ("sheets", "smallint"), ("way", "text"),
         ("at", "timestamptz")),
        ("id",), _OF_SESSION, "at, id", ("裁判签名", "a judge's signature"),
    ),
    "paper_copy": FactTable(
        (("id", "uuid"), ("sheet_id", "uuid"), ("account_id", "uuid"), ("attempt", "smallint"), ("answers", "jsonb"),
         ("at", "timestamptz")),
        ("id",), _OF_SHEETS, "at, id", ("纸质录入", "a paper copy"),
    ),
    "paper_transfer": FactTable(
        (("sheet_id", "uuid"), ("first_copy", "uuid"), ("second_copy", "uuid"), ("by_account", "uuid"), ("at", "timestamptz")),
        ("first_copy", "second_copy"), _OF_SHEETS, "at, first_copy", ("纸质转录", "a paper transfer"),
    ),
    "spread_decision": FactTable(
        (("id", "uuid"), ("attempt_id", "uuid"), ("criterion", "text"), ("lowest", "numeric"), ("highest", "numeric"),
         ("reason", "text"), ("by_account", "uuid"), ("at", "timestamptz")),
        ("id",), "attempt_id IN (SELECT id FROM attempt WHERE session_id = $1)", "at, id", ("分歧裁定", "a decision on a spread"),
    ),
}  # fmt: skip


def _read(name: str) -> str:
    table = TABLES[name]
    # A mark is never read as a float: it travels as text.
    columns = ", ".join(f"{column}::text" if kind == "numeric" else column for column, kind in table.columns)
    return (
        f"/* venue.read_{name} */ SELECT coalesce(jsonb_agg(to_jsonb(r)), '[]')::text "  # noqa: S608 - names of our own
        f"FROM (SELECT {columns} FROM {name} WHERE {table.of_session} ORDER BY {table.order}) r"
    )


def _write(name: str) -> str:
    table = TABLES[name]
    columns = ", ".join(column for column, _ in table.columns)
    typed = ", ".join(f"{column} {kind}" for column, kind in table.columns)
    return (
        f"/* venue.write_{name} */ WITH new AS (INSERT INTO {name} ({columns}) "  # noqa: S608 - names of our own
        f"SELECT {columns} FROM jsonb_to_recordset($1::jsonb) AS r ({typed}) "
        f"ON CONFLICT ({', '.join(table.key)}) DO NOTHING RETURNING 1) SELECT count(*) FROM new"
    )


def _count(name: str) -> str:
    table = TABLES[name]
    columns = ", ".join(f"t.{column}" for column, _ in table.columns)
    typed = ", ".join(f"{column} {kind}" for column, kind in table.columns)
    given = ", ".join(f"r.{column}" for column, _ in table.columns)
    key = " AND ".join(f"t.{column} = r.{column}" for column in table.key)
    return (
        f"/* venue.same_{name} */ SELECT count(*) FROM jsonb_to_recordset($2::jsonb) AS r ({typed}) "  # noqa: S608 - names of our own
        f"JOIN {name} t ON {key} WHERE ({columns}) IS NOT DISTINCT FROM ({given}) AND t.{table.of_session}"
    )


_READ: Final = {name: _read(name) for name in TABLES}
_WRITE: Final = {name: _write(name) for name in TABLES}
_SAME: Final = {name: _count(name) for name in TABLES}


async def read_rows(connection: Connection, name: str, session_id: UUID) -> tuple[Row, ...]:
    """The session's rows of a table."""
    found = await connection.fetchval(_READ[name], session_id)
    return tuple(msgspec.json.decode(found, type=list[Row]))


async def write_rows(
    connection: Connection, name: str, session_id: UUID, rows: tuple[Row, ...]
) -> int | None:
    """Add the rows that are not there; gives how many. None when one of them says something else than its namesake here."""
    if not rows:
        return 0
    packed = msgspec.json.encode(rows).decode()
    new = int(await connection.fetchval(_WRITE[name], packed))
    same = await connection.fetchval(_SAME[name], session_id, packed)
    return new if same == len(rows) else None
