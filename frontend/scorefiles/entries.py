"""The file of entries: one row an entry, or one row a person where an entry is a team. Each column is a fact the plan may name."""

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Final, TypeVar, cast, get_args

from frontend.scorefiles.problems import Troubles, shown
from frontend.scorefiles.sheets import Person, Sheets
from frontend.scorefiles.tables import Table, read_table
from frontend.scorefiles.values import birth_date, seconds, yes_or_no
from frontend.scorefiles.words import state_named
from scoring.entrants.columns import EntrantFaults, entrants_of
from scoring.evaluation.facts import EntryState

_STATES: Final = frozenset(get_args(EntryState))
Answer = TypeVar("Answer")


def read_entries(file: Path, sheets: Sheets, troubles: Troubles) -> None:
    """Put the entries into the sheets; from now on only they may have marks."""
    table = read_table(file, ("entry",), troubles)
    if "entry" not in table.columns:
        # That says it all: not every mark has to be told that its entry is unknown.
        return
    sheets.closed = True
    rows: list[_Row] = []
    for line, cells in table.rows:
        row = _Row(table, line, cells, troubles)
        row.write_birth()
        rows.append(row)
        entry = row.text("entry")
        if entry:
            _join(row, sheets.people, entry)
    try:
        entrants = entrants_of(row.named() for row in rows)
    except EntrantFaults as error:
        for fault in error.faults:
            rows[fault.row - 1].say(fault.column, "cell_invalid", fault.zh, fault.en)
        return
    for entrant in entrants:
        sheets.people[entrant.entry].entrant = entrant


class _Row:
    def __init__(self, table: Table, line: int, cells: list[str], troubles: Troubles) -> None:
        self.table, self.line, self.cells, self.troubles = table, line, cells, troubles

    def text(self, column: str) -> str:
        place = self.table.columns.get(column)
        return "" if place is None else self.cells[place]

    def write_birth(self) -> None:
        """The date of birth in the one form whose order as text is the order of days."""
        born = self.read("birth", birth_date, "日期，如 1990-05-01", "a day such as 1990-05-01")
        if born is not None:
            place = self.table.columns["birth"]
            self.cells = [*self.cells[:place], born, *self.cells[place + 1 :]]

    def named(self) -> dict[str, str]:
        """Every cell by its heading and by its canonical name."""
        cells = {
            heading: cell for heading, cell in zip(self.table.heading, self.cells, strict=True) if heading
        }
        return cells | {column: self.cells[place] for column, place in self.table.columns.items() if column}

    def say(self, column: str, code: str, zh: str, en: str) -> None:
        self.troubles.add(self.table.trouble(self.line, column, code, zh, en))

    def read(self, column: str, read: Callable[[str], Answer | None], zh: str, en: str) -> Answer | None:
        """The cell by this reader; None where it is empty or, with an error, where it cannot be read."""
        text = self.text(column)
        if not text:
            return None
        value = read(text)
        if value is None:
            said = shown(text)
            self.say(
                column,
                "cell_invalid",
                f"“{said}”无法识别，应为{zh}。",
                f"“{said}” cannot be read; it must be {en}.",
            )
        return value


def _join(row: _Row, people: dict[str, Person], entry: str) -> None:
    """The first row of an entry tells of it; the rows of its other people may only agree."""
    person = _person(row)
    first = people.get(entry)
    if first is None:
        people[entry] = person
        return
    for field, column in (("state", "state"), ("lot", "lot"), ("decision", "decision")):
        given = getattr(person, field)
        if given is not None and given != getattr(first, field):
            row.say(
                column,
                "row_contradicts",
                f"“{entry}”的另一行不是这样写的。",
                f"Another row of “{entry}” says otherwise.",
            )
    common = first.columns.items() & person.columns.items()
    first.columns = {column: value for column, value in first.columns.items() if (column, value) in common}


def _person(row: _Row) -> Person:
    state = row.read("state", state_named, "参赛状态", "a state of an entry")
    if state is not None and state not in _STATES and state != "hors_concours":
        allowed = ", ".join(sorted(_STATES))
        row.say("state", "state_misplaced", f"参赛者不能处于“{state}”；可用：{allowed}。",
                f"An entry cannot be “{state}”; possible: {allowed}.")  # fmt: skip
        state = None
    exhibition = row.read("hors_concours", yes_or_no, "是或否", "yes or no")
    return Person(
        name=row.text("name"),
        state=cast("EntryState", state) if state in _STATES else None,
        hors_concours=bool(exhibition) or state == "hors_concours",
        lot=row.read("lot", _place, "从 1 起的整数", "a whole number from 1 up"),
        decision=row.read("decision", _place, "从 1 起的整数", "a whole number from 1 up"),
        times=_times(row),
        columns={column: cell for column, cell in row.named().items() if cell and column != "entry"},
    )


def _place(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 7 and int(text) >= 1 else None


def _times(row: _Row) -> dict[str, Decimal]:
    """The column `time`, and one column `time:key` for each further time."""
    times = {}
    for column in row.table.columns:
        if column == "time" or column.startswith("time:"):
            value = row.read(column, seconds, "时间（62.5、1:02.50）", "a time (62.5, 1:02.50)")
            if value is not None:
                times[column.removeprefix("time:")] = value
    return times
