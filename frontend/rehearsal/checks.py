"""What must hold at the end of a rehearsal: what robots were told against what the database holds, and what the product makes of it."""

import asyncio
import time
from collections import Counter
from typing import Any, Final, NamedTuple
from uuid import UUID

import asyncpg
import httpx
import msgspec

from api.plumbing.db import APP_ROLE
from api.plumbing.ids import encode_id
from api.results.facts import count_facts
from api.results.ledger import verify_item
from api.results.snapshots import latest_snapshot, recomputed_hash
from frontend.rehearsal.killing import Course
from frontend.rehearsal.orders import Refused, Written, lines_of
from frontend.rehearsal.venue import Rehearsal

SHOWN: Final = 5
CATCH_UP_SECONDS: Final = 60.0

MARKS: Final = """/* rehearsal.marks */
SELECT m.op_id, m.sheet_id, m.criterion, m.rev, trim_scale(m.value)::text AS value, acc.login
FROM sheet s
JOIN mark_revision m ON m.season_id = s.season_id AND m.sheet_id = s.id
JOIN account acc ON acc.id = m.account_id
WHERE s.item_id = $1
"""


class Check(msgspec.Struct, frozen=True):
    """One thing that must hold, in both languages, and what speaks against it."""

    zh: str
    en: str
    against: tuple[str, ...]

    @property
    def holds(self) -> bool:
        return not self.against


class Kept(NamedTuple):
    """One revision as the database has it, in the words of a robot's log."""

    sheet: str
    criterion: str
    value: str | None
    rev: int
    judge: str


class Told(NamedTuple):
    """All that robots wrote down."""

    written: list[Written]
    refused: list[Refused]


def told(rehearsal: Rehearsal) -> Told:
    """Read the logs."""
    lines = [line for log in rehearsal.logs for line in lines_of(log)]
    return Told(
        [line for line in lines if isinstance(line, Written)],
        [line for line in lines if isinstance(line, Refused)],
    )


def examine(rehearsal: Rehearsal, course: Course) -> list[Check]:
    """All checks. Everything but what is broken is still running."""
    return asyncio.run(_examine(rehearsal, course))


async def _examine(rehearsal: Rehearsal, course: Course) -> list[Check]:
    heard = told(rehearsal)
    connection = await asyncpg.connect(rehearsal.settings.database_url, server_settings={"role": APP_ROLE})
    try:
        rows = [
            (
                row["op_id"],
                Kept(
                    encode_id("sheet", row["sheet_id"]),
                    row["criterion"],
                    row["value"],
                    row["rev"],
                    row["login"],
                ),
            )
            for row in await connection.fetch(MARKS, rehearsal.venue.item)
        ]
        return [
            _course(rehearsal, course),
            Check(
                "没有一项评分被拒绝", "No mark was refused",
                _few([f"{line.judge}: {line.refused}" for line in heard.refused]),
            ),
            _once(heard.written, rows),
            _last(heard.written, rows),
            _invented(heard.written, rows),
            _whole(rehearsal, rows),
            await _chains(connection, rehearsal),
            *await _standings(connection, rehearsal),
        ]  # fmt: skip
    finally:
        await connection.close()


def _course(rehearsal: Rehearsal, course: Course) -> Check:
    planned = rehearsal.size.kills * len(rehearsal.units)
    against = [] if len(course.kills) == planned else [f"{len(course.kills)} of {planned} kills happened"]
    against += (
        [] if course.finished else ["not every process of robots came to its end: see logs/robots-*.log"]
    )
    against += [f"{unit.name} does not run" for unit in rehearsal.units if not unit.alive()]
    return Check(
        "终止全部执行，进程都已恢复，机器裁判全部完成",
        "Every kill took place, every process came back, every robot finished",
        tuple(against),
    )


def _once(written: list[Written], rows: list[tuple[UUID, Kept]]) -> Check:
    times, kept = Counter(op for op, _ in rows), dict(rows)
    against = []
    for line in written:
        expected = Kept(line.sheet, line.criterion, line.value, line.rev, line.judge)
        if times[line.op] != 1:
            against.append(
                f"{line.op} ({line.judge} {line.criterion} = {line.value}): {times[line.op]} times"
            )
        elif kept[line.op] != expected:
            against.append(f"{line.op}: told {expected}, kept {kept[line.op]}")
    return Check(
        "每一项被确认的评分恰好保存一次，内容一致",
        "Every acknowledged mark is there exactly once, as it was sent",
        _few(against),
    )


def _last(written: list[Written], rows: list[tuple[UUID, Kept]]) -> Check:
    """The value that stands for each judge, criterion and station."""
    last_told: dict[tuple[str, str, str], tuple[int, str | None]] = {}
    for line in written:
        place = (line.judge, line.sheet, line.criterion)
        last_told[place] = max(
            last_told.get(place, (0, "")), (line.rev, line.value), key=lambda each: each[0]
        )
    stands: dict[tuple[str, str, str], tuple[int, str | None]] = {}
    for _, kept in rows:
        place = (kept.judge, kept.sheet, kept.criterion)
        stands[place] = max(stands.get(place, (0, "")), (kept.rev, kept.value), key=lambda each: each[0])
    against = [
        f"{' '.join(place)}: told {value}, stands {stands.get(place)}"
        for place, value in last_told.items()
        if stands.get(place) != value
    ]
    return Check(
        "每位裁判在每个工位、每个评分项的最后一个值有效",
        "The last value of each judge, criterion and station stands",
        _few(against),
    )


def _invented(written: list[Written], rows: list[tuple[UUID, Kept]]) -> Check:
    known = {line.op for line in written}
    against = [f"{op}: {kept}" for op, kept in rows if op not in known]
    return Check("没有无人确认的评分", "No mark is there that nobody was told of", _few(against))


def _whole(rehearsal: Rehearsal, rows: list[tuple[UUID, Kept]]) -> Check:
    marked = Counter(kept.sheet for kept in {kept._replace(value=None, rev=0) for _, kept in rows})
    sheets = {
        sheet: f"{robot.login} station {station}"
        for robot in rehearsal.venue.robots
        for station, sheet in robot.sheets.items()
    }
    criteria = max(marked.values(), default=0)
    against = [
        f"{name}: {marked[sheet]} of {criteria}"
        for sheet, name in sheets.items()
        if not 0 < criteria == marked[sheet]
    ]
    return Check(
        "每位裁判评完了每个工位的每个评分项",
        "Every judge marked every criterion of every station",
        _few(against),
    )


async def _chains(connection: Any, rehearsal: Rehearsal) -> Check:  # noqa: ANN401 - asyncpg's connection or the product's
    found = await verify_item(connection, rehearsal.venue.item, rehearsal.venue.season, None)
    against = [f"chain of {name} is broken" for name in found.broken]
    return Check("评分链与台账校验通过", "The chains of marks and the ledger verify", _few(against))


async def _standings(connection: Any, rehearsal: Rehearsal) -> list[Check]:  # noqa: ANN401 - as above
    """Wait until the worker has seen the last mark, then compare its standing with one computed afresh, and with the public board."""
    item, season = rehearsal.venue.item, rehearsal.venue.season
    deadline = time.monotonic() + CATCH_UP_SECONDS
    while True:
        rehearsal.supervisor.tend(time.monotonic())
        snapshot = await latest_snapshot(connection, item, season)
        current = snapshot is not None and snapshot.facts == await count_facts(connection, item, season)
        if current or time.monotonic() > deadline:
            break
        await asyncio.sleep(0.2)
    against = [] if current else ["the last standing does not know the last marks"]
    if snapshot is None or snapshot.output_hash != await recomputed_hash(connection, item):
        against.append(f"standing {snapshot.number if snapshot else 'none'} differs")
    board = (
        []
        if snapshot is None
        else await _board(
            rehearsal, {row.entry: (row.rank, _text(row.total)) for row in snapshot.standings.rows}
        )
    )
    return [
        Check(
            "成绩排名与重新计算一致", "The standing equals one computed afresh from the facts", tuple(against)
        ),
        Check("公众榜显示同一成绩", "The public board shows that standing", tuple(board)),
    ]


async def _board(rehearsal: Rehearsal, expected: dict[str, tuple[int | None, str | None]]) -> list[str]:
    path = f"{rehearsal.url}/api/v1/public/rankings/{encode_id('item', rehearsal.venue.item)}"
    deadline = time.monotonic() + CATCH_UP_SECONDS
    against = ["not asked"]
    async with httpx.AsyncClient(timeout=10) as client:
        while against and time.monotonic() < deadline:
            rehearsal.supervisor.tend(time.monotonic())
            try:
                answer = await client.get(path)
            except httpx.TransportError as error:
                against = [f"the board does not answer: {type(error).__name__}"]
            else:
                shown = {row["entry"]: (row["rank"], row["total"]) for row in answer.json().get("rows", ())}
                against = [
                    f"{entry}: board {shown.get(entry)}, standing {row}"
                    for entry, row in expected.items()
                    if shown.get(entry) != row
                ]
            if against:
                await asyncio.sleep(0.2)
    return list(_few(against))


def _text(total: object) -> str | None:
    return None if total is None else str(total)


def _few(against: list[str]) -> tuple[str, ...]:
    more = len(against) - SHOWN
    return (*against[:SHOWN], f"… and {more} more") if more > 0 else tuple(against)
