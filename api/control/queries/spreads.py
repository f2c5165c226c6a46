"""Where the judges of a station lie further apart than the contest's rules allow: absolute, and only once every one has submitted."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from decimal import Decimal
from uuid import UUID

import asyncpg

from api.access.actor import Actor
from api.contests.rules import SpreadRule, rules_of_contest
from api.contests.scopes import session_scope
from api.control.schemas import JudgesMark, SessionSpreads, Spread, StationSpreads
from api.judging.desk import sheet_form
from api.judging.forms import SheetForm
from api.judging.queries.sessions import OWN_SEAT, sees_all, session_by_id
from api.plumbing.db import Connection, Db
from api.plumbing.ids import encode_id
from scoring import Criterion
from scoring.decimals import plain
from scoring.plans.nodes import walk

# The latest mark of every line of every sheet.
MARKS = """/* control.marks_of_session */
SELECT a.id AS attempt_id, a.station, s.id, s.account_id, s.state, s.plan_id, st.node, j.code, m.criteria, m.revs, m.marks
FROM attempt a
LEFT JOIN attempt_entry ae ON ae.attempt_id = a.id
LEFT JOIN entry e ON e.id = ae.entry_id
JOIN sheet s ON s.attempt_id = a.id
JOIN judge j ON j.id = s.judge_id
JOIN judging_session js ON js.id = a.session_id
JOIN stage st ON st.id = js.stage_id
LEFT JOIN LATERAL (
    SELECT array_agg(criterion) AS criteria, array_agg(rev) AS revs, array_agg(value) AS marks
    FROM (
        SELECT DISTINCT ON (criterion) criterion, rev, state, value FROM mark_revision
        WHERE season_id = s.season_id AND sheet_id = s.id ORDER BY criterion, rev DESC
    ) latest WHERE state = 'scored'
) m ON true
WHERE a.session_id = $1 AND NOT a.voided AND coalesce(e.standing, 'present') = 'present' ORDER BY a.station, j.code
"""

DECISIONS = """/* control.spread_decisions */
SELECT DISTINCT ON (d.attempt_id, d.criterion) d.attempt_id, d.criterion, d.lowest, d.highest, d.reason,
       coalesce(j.code, b.display_name) AS by
FROM spread_decision d
JOIN attempt a ON a.id = d.attempt_id AND a.session_id = $1
JOIN account b ON b.id = d.by_account
JOIN item i ON i.id = a.item_id
LEFT JOIN judge j ON j.account_id = d.by_account AND j.contest_id = i.contest_id
ORDER BY d.attempt_id, d.criterion, d.at DESC
"""

ITEM_CODE = "/* control.item_code */ SELECT code FROM item WHERE id = $1"
# What a decision on the whole sheet is kept under.
WHOLE_SHEET = ""
MOST_CHOICES = 6


async def spreads_of_session(db: Db, actor: Actor, session_id: UUID) -> SessionSpreads:
    """All of the session for those who run it; a judge reads the stations at which they have submitted, and once all have.

    Raises not_found for a session in which a judge has no sheet.
    """
    async with db.reading() as connection:
        place = await session_scope(connection, session_id)
        actor.require("sheet.read", place.scope)
        own = None if sees_all(actor, "sheet.read", place.scope) else actor.account_id
        seat = await connection.fetchrow(OWN_SEAT, session_id, actor.account_id)
        if own is not None and seat is None:
            actor.require("control.read", place.scope)
        stations = await station_spreads(connection, session_id, place.item.item_id, place.item.contest_id, actor.account_id, only=own)  # fmt: skip
        return SessionSpreads(
            session=await session_by_id(connection, session_id),
            judge=seat["code"] if seat else None,
            decides=actor.may("spread.decide", place.scope),
            stations=tuple(each for _, each in stations),
        )


async def station_spreads(
    connection: Connection, session_id: UUID, item_id: UUID, contest_id: UUID, account_id: UUID, *, only: UUID | None = None
) -> list[tuple[UUID, StationSpreads]]:  # fmt: skip
    """Every station, with its attempt; `only` keeps those at which this account has submitted."""
    rows = await connection.fetch(MARKS, session_id)
    if not rows:
        return []
    form = await sheet_form(connection, rows[0]["plan_id"], rows[0]["node"])
    code = await connection.fetchval(ITEM_CODE, item_id)
    rule = (await rules_of_contest(connection, contest_id))[1].spread_of(code)
    decisions = {
        (row["attempt_id"], row["criterion"]): row for row in await connection.fetch(DECISIONS, session_id)
    }
    stations: defaultdict[UUID, list[asyncpg.Record]] = defaultdict(list)
    for row in rows:
        stations[row["attempt_id"]].append(row)
    found = []
    for attempt_id, sheets in stations.items():
        if only is not None and not any(
            row["account_id"] == only and row["state"] != "open" for row in sheets
        ):
            continue
        waiting = tuple(row["code"] for row in sheets if row["state"] == "open")
        spreads = () if waiting else tuple(_spreads(form, rule, sheets, decisions, account_id))
        found.append((attempt_id, StationSpreads(station=sheets[0]["station"], waiting=waiting, spreads=spreads)))  # fmt: skip
    return found


def _spreads(
    form: SheetForm, rule: SpreadRule, sheets: list[asyncpg.Record],
    decisions: dict[tuple[UUID, str], asyncpg.Record], account_id: UUID,
) -> Iterator[Spread]:  # fmt: skip
    marks = [
        dict(zip(row["criteria"] or (), zip(row["revs"] or (), row["marks"] or (), strict=True), strict=True))
        for row in sheets
    ]
    attempt_id = sheets[0]["attempt_id"]
    for line in form.lines:
        limit = _limit(form, rule, line)
        values = [mark[line.key][1] for mark in marks if line.key in mark]
        if limit is None or len(values) < 2 or max(values) - min(values) <= limit:
            continue
        of_judges = [
            (row, *(mark.get(line.key) or (0, None))) for row, mark in zip(sheets, marks, strict=True)
        ]
        yield _spread(
            line.key, form.numbers[line.key], line.title, line.title_en or line.title, limit, values, of_judges,
            decisions.get((attempt_id, line.key)), account_id, _choices(line), line.unit,
        )  # fmt: skip
    if rule.sheet is not None:
        sums = [sum((value for _, value in mark.values() if value is not None), Decimal(0)) for mark in marks]
        if len(sums) > 1 and max(sums) - min(sums) > rule.sheet:
            whole = [(row, 0, total) for row, total in zip(sheets, sums, strict=True)]
            yield _spread(
                None, None, "整张评分表", "The whole sheet", rule.sheet, sums, whole,
                decisions.get((attempt_id, WHOLE_SHEET)), account_id,
            )  # fmt: skip


def _limit(form: SheetForm, rule: SpreadRule, line: Criterion) -> Decimal | None:
    """The item's own setting for the line, else for all, else what its panel in the plan allows."""
    key = line.key.partition("#")[0]
    own = rule.criteria.get(key, rule.criterion)
    if own is not None:
        return own
    node = next((node for _, node in walk(form.plan.root) if node.key == key), None)
    panel = getattr(node, "panel", None)
    return panel.spread if panel else None


def _choices(line: Criterion) -> tuple[str, ...]:
    """Every value of a line that takes only a few."""
    steps = (line.maximum - line.minimum) / line.step if line.step else Decimal(MOST_CHOICES)
    if line.kind not in ("judgement_0_3", "pass_fail") or not 0 < steps < MOST_CHOICES:
        return ()
    return tuple(format(plain(line.minimum + step * line.step), "f") for step in range(int(steps) + 1))


def _spread(
    criterion: str | None, number: int | None, title: str, title_en: str, limit: Decimal, values: Iterable[Decimal],
    of_judges: list[tuple[asyncpg.Record, int, Decimal | None]], decision: asyncpg.Record | None, account_id: UUID,
    choices: tuple[str, ...] = (), unit: str = "",
) -> Spread:  # fmt: skip
    lowest, highest = min(values), max(values)
    # A decision speaks of the marks that were looked at.
    decided = (
        decision if decision and (decision["lowest"], decision["highest"]) == (lowest, highest) else None
    )
    return Spread(
        criterion=criterion,
        number=number,
        title=title,
        title_en=title_en,
        limit=plain(limit),
        spread=plain(highest - lowest),
        marks=tuple(
            JudgesMark(
                judge=row["code"],
                sheet=encode_id("sheet", row["id"]),
                value=None if value is None else plain(value),
                rev=rev,
                mine=row["account_id"] == account_id,
                changeable=row["account_id"] == account_id and row["state"] == "submitted",
            )
            for row, rev, value in of_judges
        ),
        choices=choices,
        unit=unit,
        decided=decided["reason"] if decided else None,
        decided_by=decided["by"] if decided else None,
    )
