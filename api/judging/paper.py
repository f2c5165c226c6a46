"""Paper sheets: two clerks type each sheet without seeing the other's copy, field by field they are compared, and only a sheet on which
both agree becomes marks of its judge. Whoever transfers it is neither of the two."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Annotated, Literal
from uuid import UUID, uuid5

import asyncpg
import msgspec

from api.access.actor import Actor
from api.contests.scopes import session_scope
from api.judging.codes import BY_CODE
from api.judging.desk import MarkDesk, sheet_form
from api.judging.forms import SheetForm
from api.judging.queries.sessions import session_by_id
from api.judging.queries.sheets import CURRENT_MARKS
from api.judging.schemas import Session
from api.judging.tablet_schemas import PackLine
from api.judging.writing import MarkRow
from api.plumbing.db import Connection, Db
from api.plumbing.ids import encode_id
from api.plumbing.problems import FieldError, Problem, invalid_fields
from api.results.ledger import append_ledger
from scoring.decimals import plain

# What a mark from paper says of itself, beside the ledger's names of both copies.
REASON = "纸质双录"

PaperState = Literal["empty", "one", "differs", "agrees", "transferred"]


class PaperAnswer(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One field of the paper sheet."""

    state: Literal["scored", "not_attempted"]
    value: Annotated[str, msgspec.Meta(max_length=40)] | None = None


class EnterCopy(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A whole sheet as it stands on paper, by criterion; every criterion has an answer."""

    answers: Annotated[dict[str, PaperAnswer], msgspec.Meta(min_length=1, max_length=200)]


class Difference(msgspec.Struct, frozen=True):
    """A field on which the copies differ. The values are for the chief judge alone; a clerk looks at the paper again."""

    number: int
    title: str
    first: PaperAnswer | None
    second: PaperAnswer | None


class PaperSheet(msgspec.Struct, frozen=True, kw_only=True):
    """One sheet's way from paper. `mine` is how often the reader has typed it; nobody reads another's copy."""

    sheet: str
    station: int
    judge: str
    state: PaperState
    copies: int
    mine: int
    differences: tuple[Difference, ...] = ()


class PaperForm(msgspec.Struct, frozen=True, kw_only=True):
    """What stands on every sheet of a session, and where its item is looked after. Without sheets there is no plan and no line."""

    session: Session
    contest: str
    contest_zh: str
    contest_en: str | None
    item_code: str
    lines: tuple[PackLine, ...] = ()
    plan_version: int = 0
    plan_hash: str = ""


CONTEST = """/* judging.contest_of_paper */
SELECT c.id, c.name_zh, c.name_en, i.code FROM item i JOIN contest c ON c.id = i.contest_id WHERE i.id = $1
"""

PAPER_SHEETS = """/* judging.paper_sheets */
SELECT s.id, s.season_id, s.item_id, s.account_id, s.session_id, s.plan_id, pv.hash AS plan_hash, st.node, a.station, j.code,
       EXISTS (SELECT FROM paper_transfer t WHERE t.sheet_id = s.id) AS transferred
FROM sheet s
JOIN attempt a ON a.id = s.attempt_id AND NOT a.voided
JOIN plan_version pv ON pv.id = s.plan_id
JOIN judge j ON j.id = s.judge_id
JOIN judging_session js ON js.id = s.session_id
JOIN stage st ON st.id = js.stage_id
WHERE s.session_id = $1 OR s.id = $2 ORDER BY a.station, j.code
"""

# A clerk is a person: two accounts of one are one clerk, and what they typed are attempts of one copy.
LAST_COPIES = """/* judging.last_paper_copies */
SELECT DISTINCT ON (c.sheet_id, clerk) c.sheet_id, coalesce(a.person_id, a.id) AS clerk, c.id, c.attempt, c.answers::text AS answers,
       min(c.at) OVER (PARTITION BY c.sheet_id, coalesce(a.person_id, a.id)) AS begun
FROM paper_copy c JOIN account a ON a.id = c.account_id
WHERE c.sheet_id = ANY ($1::uuid[]) ORDER BY c.sheet_id, clerk, c.attempt DESC, c.at DESC
"""

CLERK = "/* judging.clerk */ SELECT coalesce(person_id, id) FROM account WHERE id = $1"

ADD_COPY = """/* judging.add_paper_copy */
INSERT INTO paper_copy (sheet_id, account_id, attempt, answers)
SELECT $1, $2, coalesce(max(c.attempt), 0) + 1, $3::jsonb
FROM paper_copy c JOIN account a ON a.id = c.account_id WHERE c.sheet_id = $1 AND coalesce(a.person_id, a.id) = $4
"""

ADD_TRANSFER = """/* judging.add_paper_transfer */
INSERT INTO paper_transfer (sheet_id, first_copy, second_copy, by_account) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING
"""


async def paper_of_session(db: Db, actor: Actor, session_id: UUID) -> list[PaperSheet]:
    """How far each sheet of a session is. Raises not_found."""
    async with db.reading() as connection:
        place = await session_scope(connection, session_id)
        actor.require("paper.read", place.scope)
        sees = actor.may("paper.transfer", place.scope)
        rows = await connection.fetch(PAPER_SHEETS, session_id, None)
        if not rows:
            return []
        form = await sheet_form(connection, rows[0]["plan_id"], rows[0]["node"])
        copies = await _copies(connection, [row["id"] for row in rows])
        clerk = await connection.fetchval(CLERK, actor.account_id)
    return [_sheet(row, copies.get(row["id"], []), form, clerk, sees=sees) for row in rows]


async def paper_form(db: Db, actor: Actor, session_id: UUID) -> PaperForm:
    """The session with the lines of its sheets, as they are printed and typed in. Raises not_found."""
    async with db.reading() as connection:
        place = await session_scope(connection, session_id)
        actor.require("paper.read", place.scope)
        rows = await connection.fetch(PAPER_SHEETS, session_id, None)
        contest = await connection.fetchrow(CONTEST, place.item.item_id)
        assert contest is not None
        bare = PaperForm(
            session=await session_by_id(connection, session_id),
            contest=encode_id("contest", contest["id"]),
            contest_zh=contest["name_zh"],
            contest_en=contest["name_en"],
            item_code=contest["code"],
        )
        if not rows:
            return bare
        form = await sheet_form(connection, rows[0]["plan_id"], rows[0]["node"])
    return msgspec.structs.replace(
        bare,
        lines=tuple(PackLine(number, line) for number, line in enumerate(form.lines, 1)),
        plan_version=form.plan.version,
        plan_hash=rows[0]["plan_hash"].hex(),
    )


async def enter_copy(db: Db, actor: Actor, sheet_id: UUID, data: EnterCopy) -> PaperSheet:
    """Type one sheet. Raises not_found, invalid_fields for values that the plan does not take, paper_two_clerks for a third one."""
    async with db.transaction() as connection:
        row, form = await _held(connection, actor, "paper.enter", sheet_id)
        answers = _checked(form, data.answers)
        before = (await _copies(connection, [sheet_id])).get(sheet_id, [])
        clerk = await connection.fetchval(CLERK, actor.account_id)
        others = [copy for copy in before if copy["clerk"] != clerk]
        if len(others) >= 2:
            raise Problem("paper_two_clerks")
        if row["transferred"]:
            raise Problem("paper_transferred")
        typed = msgspec.json.encode(answers).decode()
        await connection.execute(ADD_COPY, sheet_id, actor.account_id, typed, clerk)
        copies = (await _copies(connection, [sheet_id])).get(sheet_id, [])
        return _sheet(row, copies, form, clerk, sees=False)


async def transfer_copy(db: Db, desk: MarkDesk, actor: Actor, sheet_id: UUID) -> PaperSheet:
    """Make marks of a sheet on which both copies agree; again, it changes nothing.

    Raises not_found, paper_differs, paper_own_copy for one of the two clerks, paper_refused with the reason of the first mark that was
    not taken: the session must be running and the sheet open.
    """
    async with db.transaction() as connection:
        row, form = await _held(connection, actor, "paper.transfer", sheet_id)
        copies = (await _copies(connection, [sheet_id])).get(sheet_id, [])
        if len(copies) != 2 or _answers(copies[0]) != _answers(copies[1]):
            raise Problem("paper_differs")
        clerk = await connection.fetchval(CLERK, actor.account_id)
        if clerk in [copy["clerk"] for copy in copies]:
            raise Problem("paper_own_copy")
        current = {
            mark["criterion"]: mark
            for mark in await connection.fetch(CURRENT_MARKS, row["season_id"], sheet_id)
        }
    rows = _rows(row, copies, current)
    records = await desk.writer.write(rows) if rows else []
    refused = [record["code"] for record in records if record["code"] not in ("accepted", "duplicate")]
    if refused:
        why = BY_CODE[refused[0]]
        raise Problem("paper_refused", why=why.zh, why_en=why.en)
    async with db.transaction() as connection:
        await connection.execute(ADD_TRANSFER, sheet_id, copies[0]["id"], copies[1]["id"], actor.account_id)
        payload = {"judge": row["code"], "copies": [str(copy["id"]) for copy in copies]}
        await append_ledger(
            connection, row["season_id"], row["item_id"], "sheet.transcribed", sheet_id,
            msgspec.json.encode(payload).decode(), actor.account_id,
        )  # fmt: skip
        [row] = await connection.fetch(PAPER_SHEETS, None, sheet_id)
    desk.nudges.nudge(row["item_id"])
    return _sheet(row, copies, form, clerk, sees=True)


async def _held(
    connection: Connection, actor: Actor, right: str, sheet_id: UUID
) -> tuple[asyncpg.Record, SheetForm]:
    rows = await connection.fetch(PAPER_SHEETS, None, sheet_id)
    if not rows:
        raise Problem("not_found")
    # One clerk after the other: two at once would otherwise both be the second.
    await connection.execute("SELECT pg_advisory_xact_lock(hashtextextended($1, 0))", f"paper:{sheet_id}")
    actor.require(right, (await session_scope(connection, rows[0]["session_id"])).scope)
    return rows[0], await sheet_form(connection, rows[0]["plan_id"], rows[0]["node"])


def _checked(form: SheetForm, answers: Mapping[str, PaperAnswer]) -> dict[str, PaperAnswer]:
    """Every criterion with an answer that the plan takes, numbers in their shortest form, so that 8 and 8.0 are one."""
    errors = []
    checked = {}
    for line in form.lines:
        given = answers.get(line.key)
        found = None if given is None else form.answer(line.key, given.state, given.value)
        if given is None or found is None or found.refused is not None:
            errors.append(
                _fault(form, line.key, given, (found.refused if found else None) or "value_missing")
            )
            continue
        value = None if found.value is None else format(plain(Decimal(found.value)), "f")
        checked[line.key] = PaperAnswer(given.state, value)
    errors += [_fault(form, key, None, "unknown_criterion") for key in answers if key not in form.numbers]
    if errors:
        raise invalid_fields(*errors)
    return checked


def _fault(form: SheetForm, key: str, given: PaperAnswer | None, code: str) -> FieldError:
    """The same words as for a mark from a tablet."""
    shown = {"criterion": key[:80], "number": "?", "value": (given.value if given else None) or ""}
    number = form.numbers.get(key)
    if number is not None:
        line = form.lines[number - 1]
        bounds = {"minimum": line.minimum, "maximum": line.maximum, "step": line.step}
        shown |= {"number": str(number)} | {name: format(plain(each), "f") for name, each in bounds.items()}
    text = BY_CODE[code]
    return FieldError(f"/answers/{key[:80]}", code, text.zh.format_map(shown), text.en.format_map(shown))


async def _copies(connection: Connection, sheets: list[UUID]) -> dict[UUID, list[asyncpg.Record]]:
    """The last copy of each clerk, by sheet, in the order in which the clerks began."""
    found: defaultdict[UUID, list[asyncpg.Record]] = defaultdict(list)
    for row in await connection.fetch(LAST_COPIES, sheets):
        found[row["sheet_id"]].append(row)
    return {sheet: sorted(rows, key=lambda row: (row["begun"], row["id"])) for sheet, rows in found.items()}


def _answers(copy: asyncpg.Record) -> dict[str, PaperAnswer]:
    return msgspec.json.decode(copy["answers"], type=dict[str, PaperAnswer])


def _rows(
    sheet: asyncpg.Record, copies: list[asyncpg.Record], current: Mapping[str, asyncpg.Record]
) -> list[MarkRow]:
    """The marks that are not there yet. A mark that the judge has entered otherwise is never overwritten from paper."""
    rows = []
    for key, answer in _answers(copies[0]).items():
        there = current.get(key)
        if there is not None and there["state"] != "cleared":
            value = None if there["value"] is None else format(plain(there["value"]), "f")
            if (there["state"], value) != (answer.state, answer.value):
                raise Problem("paper_conflict", criterion=key)
            continue
        rows.append(
            MarkRow(
                sheet["id"], sheet["account_id"], uuid5(copies[0]["id"], f"{copies[1]['id']}:{key}"), key, answer.state,
                answer.value, REASON, there["rev"] if there else 0, datetime.now(UTC), None,
            )
        )  # fmt: skip
    return rows


def _sheet(
    row: asyncpg.Record, copies: list[asyncpg.Record], form: SheetForm, clerk: UUID, *, sees: bool
) -> PaperSheet:
    both = [_answers(copy) for copy in copies] if len(copies) == 2 else []
    differences = tuple(
        Difference(
            form.numbers[line.key],
            line.title,
            both[0].get(line.key) if sees else None,
            both[1].get(line.key) if sees else None,
        )
        for line in form.lines
        if both and both[0].get(line.key) != both[1].get(line.key)
    )
    state: PaperState = (
        "empty" if not copies else "one" if len(copies) == 1 else "differs" if differences else "agrees"
    )
    return PaperSheet(
        sheet=encode_id("sheet", row["id"]),
        station=row["station"],
        judge=row["code"],
        state="transferred" if row["transferred"] else state,
        copies=len(copies),
        mine=next((copy["attempt"] for copy in copies if copy["clerk"] == clerk), 0),
        differences=differences,
    )
