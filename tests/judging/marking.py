"""Builders for tests of marks: operations with defaults, and what a sheet holds."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import msgspec

from api.judging.chain import Revision, verify_sheet
from api.plumbing.ids import encode_id
from tests.world import Client, World

NOON = "2021-03-01T12:00:00+08:00"


def op(criterion: str, value: str | None = None, base_rev: int = 0, **more: Any) -> dict[str, Any]:
    """One operation; scored if it has a value."""
    return {
        "op_id": str(uuid4()),
        "criterion": criterion,
        "state": "scored" if value is not None else "not_attempted",
        "value": value,
        "reasons": [],
        "base_rev": base_rev,
        "entered_at": NOON,
        **more,
    }


async def send(client: Client, sheet: UUID, *ops: dict[str, Any]) -> Any:
    """The whole HTTP answer."""
    return await client.post(f"/api/v1/sheets/{encode_id('sheet', sheet)}/marks:batch", json={"ops": ops})


async def enter(client: Client, sheet: UUID, *ops: dict[str, Any]) -> list[dict[str, Any]]:
    """The results of a batch that is answered with 200."""
    answer = await send(client, sheet, *ops)
    assert answer.status_code == 200, answer.text
    return answer.json()["results"]


def codes(results: list[dict[str, Any]]) -> list[str]:
    """Code or status of each result."""
    return [result.get("code", result["status"]) for result in results]


async def facts(world: World, sheet: UUID) -> list[tuple[str, int, str, str | None]]:
    """(criterion, rev, state, value) of every revision in the order written; the chain is checked on the way."""
    rows = await world.fetch(
        "SELECT m.sheet_id, m.seq, m.criterion, m.rev, m.op_id, m.state, m.value, m.reasons, m.account_id, m.entered_at, "
        "m.received_at, m.hash FROM sheet s JOIN mark_revision m ON m.season_id = s.season_id AND m.sheet_id = s.id "
        "WHERE s.id = $1 ORDER BY m.seq",
        sheet,
    )
    [head] = await world.fetch("SELECT seq, head FROM sheet WHERE id = $1", sheet)
    revisions = [msgspec.convert(row, Revision) for row in rows]
    assert verify_sheet(revisions, head["seq"], head["head"]) is None
    return [
        (each.criterion, each.rev, each.state, None if each.value is None else str(each.value))
        for each in revisions
    ]


def instant(text: str) -> datetime:
    """A moment in UTC."""
    return datetime.fromisoformat(text).astimezone(UTC)
