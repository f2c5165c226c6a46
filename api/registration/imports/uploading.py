"""From an uploaded file to a job: every row read, named, checked and encrypted; nothing entered yet."""

from collections.abc import Sequence
from typing import TypeVar
from uuid import UUID

import anyio.to_thread
import msgspec

from api.access.actor import Actor
from api.jobs.commands import OpenJob, open_job
from api.jobs.schemas import Mode, RowError
from api.jobs.sheets import Row, Sheet, read_sheet
from api.plumbing.crypto import Cipher
from api.plumbing.db import Connection, Db
from api.plumbing.ids import encode_id, parse_id
from api.plumbing.jobs import add_work
from api.plumbing.problems import FieldError, Problem
from api.plumbing.texts import clean_text
from api.registration.candidates import MOST_UNIT_NAME, Candidate, PreparedMember, Reading, read_members
from api.registration.commands.registering import first_state, reading_of
from api.registration.imports.columns import Columns, columns_of, member_of
from api.registration.rooms import (
    ContestRoom,
    DelegationRef,
    ItemRef,
    Target,
    UnitRef,
    contest_room,
    delegations_of_season,
    items_of_contest,
    require_announced,
    unit_by_id,
    units_by_text,
)
from api.registration.schemas import ImportReceipt, MemberInput
from api.registration.scopes import acts_for_host, in_office, office_of

T = TypeVar("T")

WORK = "registration.import"
MOST_FILE_NAME = 120


class ImportRow(msgspec.Struct, frozen=True, kw_only=True):
    """One entry of a file. `lines` are its members' lines; with `errors` (by line) it is rejected whatever the database says.

    `headings` are the columns, as the user named them, that a later verdict may point at.
    """

    lines: tuple[int, ...]
    candidate: Candidate | None
    errors: dict[int, tuple[RowError, ...]] = {}
    headings: dict[str, str] = {}


class Upload(msgspec.Struct, frozen=True, kw_only=True):
    """A file as it came. `unit` and `delegation` stand for rows that name none."""

    mode: Mode
    media_type: str
    body: bytes
    file_name: str = ""
    unit: str | None = None
    delegation: str | None = None


ADD_ROW = """/* registration.add_import_row */
INSERT INTO registration_import_row (job_id, position, candidate) VALUES ($1, $2, $3)
"""


class ReadRows(msgspec.Struct, frozen=True):
    """The file as it was read: its entries, and how many lines they came from."""

    entries: list[ImportRow]
    lines: int


async def read_upload(
    db: Db, cipher: Cipher, actor: Actor, contest: str, upload: Upload, *, demo: bool = False
) -> ReadRows:
    """Read the file before any transaction opens: ten thousand rows take seconds, and nobody else shall wait for them.

    Raises not_found for who may send none, and what makes the whole file unreadable; a row's faults are answered row by row.
    """
    contest_id = parse_id("contest", contest)
    async with db.reading() as connection:
        room = await contest_room(connection, contest_id)
        require_announced(actor, room)
        await _require_sender(connection, actor, contest_id)
    sheet = await anyio.to_thread.run_sync(read_sheet, upload.media_type, upload.body)
    columns = columns_of(sheet)
    async with db.reading() as connection:
        directory = await _directory(connection, room, upload, columns, sheet)
    reading = reading_of(cipher, room, actor, room.place(contest_id), demo=demo)
    rows = await anyio.to_thread.run_sync(_read_rows, reading, actor, directory, columns, sheet)
    return ReadRows(rows, len(sheet.rows))


async def upload_entries(
    db: Db, cipher: Cipher, actor: Actor, contest: str, upload: Upload, read: ReadRows
) -> ImportReceipt:
    """Open a job for a file that has been read. Raises not_found, registration_closed."""
    contest_id = parse_id("contest", contest)
    async with db.transaction() as connection:
        room = await contest_room(connection, contest_id)
        require_announced(actor, room)
        await _require_sender(connection, actor, contest_id)
        # The file came in time or not as a whole: what counts is when it arrived, not when the worker reaches its last row.
        room.require_open(room.now)
        job_id = await open_job(
            connection,
            cipher,
            actor,
            OpenJob(
                kind=WORK,
                mode=upload.mode,
                contest_id=contest_id,
                rows=read.lines,
                body=upload.body,
                file_name=clean_text(upload.file_name, "/file_name", MOST_FILE_NAME)
                if upload.file_name
                else "",
                media_type=upload.media_type,
            ),
        )
        await connection.executemany(
            ADD_ROW,
            [
                (job_id, place, msgspec.json.encode(row).decode())
                for place, row in enumerate(read.entries, start=1)
            ],
        )
        host = acts_for_host(actor, room.place(contest_id))
        await add_work(connection, WORK, job=job_id, host="yes" if host else "no")
    return ImportReceipt(encode_id("job", job_id), read.lines)


async def _require_sender(connection: Connection, actor: Actor, contest_id: UUID) -> None:
    """Raise not_found, before the file is read, for who could enter nobody: neither here nor for a unit. Each row asks again."""
    reach = office_of(actor).reach("entry.register")
    known = reach.token_contests is None or contest_id in reach.token_contests
    if known and (reach.organisations or contest_id in reach.contests):
        return
    items = {item.id for item in await items_of_contest(connection, contest_id)}
    if not known or items.isdisjoint(reach.items):
        raise Problem("not_found")


class _Directory(msgspec.Struct, frozen=True, kw_only=True):
    """What the words of the file may mean."""

    items: dict[str, list[ItemRef]]
    delegations: dict[str, list[DelegationRef]]
    units: dict[str, list[UnitRef]]
    unit: UnitRef | None
    delegation: DelegationRef | None


async def _directory(
    connection: Connection, room: ContestRoom, upload: Upload, columns: Columns, sheet: Sheet
) -> _Directory:
    items: dict[str, list[ItemRef]] = {}
    for item in await items_of_contest(connection, room.contest_id):
        for text in {item.code, item.name_zh, item.name_en or item.code}:
            items.setdefault(text.casefold(), []).append(item)
    listed = await delegations_of_season(connection, room.season_id)
    delegations: dict[str, list[DelegationRef]] = {}
    for delegation in listed:
        for text in {delegation.name, delegation.short_name}:
            delegations.setdefault(text, []).append(delegation)
    unit = await unit_by_id(connection, parse_id("organisation", upload.unit)) if upload.unit else None
    if upload.unit and unit is None:
        raise Problem("not_found")
    sender: DelegationRef | None = None
    if upload.delegation:
        wanted = parse_id("delegation", upload.delegation)
        sender = next((d for d in listed if d.id == wanted), None)
        if sender is None:
            raise Problem("not_found")
    texts = {columns.text(row, "unit") for row in sheet.rows} - {""}
    return _Directory(
        items=items,
        delegations=delegations,
        units=await units_by_text(connection, list(texts)),
        unit=unit,
        delegation=sender,
    )


def _read_rows(
    reading: Reading, actor: Actor, directory: _Directory, columns: Columns, sheet: Sheet
) -> list[ImportRow]:
    """Entries in the order of their first lines; rows of one team, wherever they stand, make one entry."""
    groups: dict[tuple[str, str], list[Row]] = {}
    for row in sheet.rows:
        team = columns.text(row, "team")
        # A row without a team is an entry of its own, known by its line.
        key = (columns.text(row, "item").casefold(), f"team {team}") if team else ("", f"line {row.line}")
        groups.setdefault(key, []).append(row)
    repeats = _Repeats()
    return [
        repeats.checked(_read_entry(reading, actor, directory, columns, rows), columns)
        for rows in groups.values()
    ]


def _read_entry(
    reading: Reading, actor: Actor, directory: _Directory, columns: Columns, rows: list[Row]
) -> ImportRow:
    errors: dict[int, list[RowError]] = {row.line: [] for row in rows}
    first = rows[0]
    target = _target(actor, reading.room, directory, columns, first, errors[first.line])
    given = [member_of(columns, row, errors[row.line]) for row in rows]
    members: tuple[PreparedMember, ...] = ()
    if target is not None:
        members = _members(reading, target, given, rows, columns, errors)
    headings = {field: columns.heading(field) for field in ("document_number", "item", "delegation")}
    lines = tuple(row.line for row in rows)
    if target is None or any(errors.values()):
        kept = {line: tuple(found) for line, found in errors.items() if found}
        return ImportRow(lines=lines, candidate=None, errors=kept)
    candidate = Candidate(
        item_id=target.item.id,
        delegation_id=target.delegation.id if target.delegation else None,
        unit_id=target.unit.id if target.unit else None,
        unit_name=target.unit.name if target.unit else target.unit_name,
        slot_id=None,
        state=first_state(actor, target.place_in(reading.room), None),
        members=members,
    )
    return ImportRow(lines=lines, candidate=candidate, headings=headings)


def _members(
    reading: Reading,
    target: Target,
    given: Sequence[MemberInput],
    rows: list[Row],
    columns: Columns,
    errors: dict[int, list[RowError]],
) -> tuple[PreparedMember, ...]:
    """The members; a number whose digits the spreadsheet has lost has been named already and is not read a second time."""
    found: list[FieldError] = []
    members = read_members(reading, target, tuple(given), found)
    for fault in found:
        _, _, place, *field = (*fault.pointer.split("/"), "", "")[:4]
        row = rows[int(place)] if place else rows[0]
        name = field[0] if field and field[0] else "team"
        if not any(error.field == name for error in errors[row.line]):
            error = RowError(columns.heading(name), name, fault.code, fault.detail, fault.detail_en)
            errors[row.line].append(error)
    return members


def _target(
    actor: Actor,
    room: ContestRoom,
    directory: _Directory,
    columns: Columns,
    row: Row,
    errors: list[RowError],
) -> Target | None:
    """Where the row goes; None with the faults noted where that cannot be told, or where the actor may not send it."""
    before = len(errors)
    item = _one(directory.items, columns.text(row, "item").casefold(), "item", "item", columns, errors)
    delegation, unit, unit_name = directory.delegation, directory.unit, None
    if text := columns.text(row, "delegation"):
        delegation = _one(directory.delegations, text, "delegation", "delegation", columns, errors)
    if text := columns.text(row, "unit"):
        if text in directory.units:
            unit = _one(directory.units, text, "unit", "unit", columns, errors)
        else:
            # An employer that is no organisation here is a name; whether somebody may send it is decided below.
            found: list[FieldError] = []
            unit, unit_name = None, clean_text(text, "", MOST_UNIT_NAME, found)
            errors.extend(columns.error("unit", fault.code) for fault in found)
    if item is None or len(errors) > before:
        return None
    target = Target(item=item, delegation=delegation, unit=unit, unit_name=unit_name)
    # A file enters others: no contestant's grant is enough for that.
    if not in_office(actor, target.place_in(room)):
        errors.append(columns.error("unit", "row_not_yours"))
        return None
    return target


def _one(
    known: dict[str, list[T]], text: str, field: str, kind: str, columns: Columns, errors: list[RowError]
) -> T | None:
    found = known.get(text, [])
    if len(found) == 1:
        return found[0]
    code = f"{kind}_ambiguous" if found else f"{kind}_unknown"
    errors.append(columns.error(field, code))
    return None


class _Repeats:
    """Finds a person entered twice in one item by one file."""

    def __init__(self) -> None:
        self._lines: dict[tuple[UUID, bytes], int] = {}

    def checked(self, row: ImportRow, columns: Columns) -> ImportRow:
        """The row, rejected where an earlier sound row has entered one of its people."""
        if row.candidate is None:
            return row
        errors: dict[int, tuple[RowError, ...]] = {}
        for line, member in zip(row.lines, row.candidate.members, strict=True):
            if member.role != "contestant" or member.person is None:
                continue
            earlier = self._lines.setdefault((row.candidate.item_id, member.person.index), line)
            if earlier != line:
                errors[line] = (columns.error("document_number", "row_repeated", line=earlier),)
        return ImportRow(lines=row.lines, candidate=None, errors=errors) if errors else row
