"""The file of entries: one row an entry. A few columns have a meaning of their own; each column is a fact the plan may name."""

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Final, TypeVar, cast, get_args

from frontend.scorefiles.problems import Troubles, shown
from frontend.scorefiles.sheets import Person, Sheets
from frontend.scorefiles.tables import Table, read_table
from frontend.scorefiles.values import seconds, yes_or_no
from frontend.scorefiles.words import state_named
from scoring.entrants import LEVELS, Entrant, Level, Member
from scoring.facts import EntryState

_STATES: Final = frozenset(get_args(EntryState))
_MEMBER: Final = ("person", "worker", "leader_or_official", "clear_record", "honours", "level")
_LEVEL: Final = {word: code for code, (zh, _) in LEVELS.items() for word in (code, zh, zh.partition("（")[0])}
Answer = TypeVar("Answer")


def read_entries(file: Path, sheets: Sheets, troubles: Troubles) -> None:
    """Put the entries into the sheets; from now on only they may have marks."""
    table = read_table(file, ("entry",), troubles)
    sheets.closed = True
    lines: dict[str, int] = {}
    for line, cells in table.rows:
        row = _Row(table, line, cells, troubles)
        entry = row.text("entry")
        if not entry:
            row.say("entry", "entry_missing", "缺少参赛号。", "The entry is missing.")
        elif entry in lines:
            row.say("entry", "row_repeated", f"与第 {lines[entry]} 行重复。", f"Repeats line {lines[entry]}.")
        else:
            lines[entry] = line
            sheets.people[entry] = _person(row, entry)


class _Row:
    def __init__(self, table: Table, line: int, cells: list[str], troubles: Troubles) -> None:
        self.table, self.line, self.cells, self.troubles = table, line, cells, troubles

    def text(self, column: str) -> str:
        place = self.table.columns.get(column)
        return "" if place is None else self.cells[place]

    def say(self, column: str, code: str, zh: str, en: str) -> None:
        self.troubles.add(self.table.trouble(self.line, column, code, zh, en))

    def read(self, column: str, read: Callable[[str], Answer | None], zh: str, en: str) -> Answer | None:
        """The cell by this reader; None where it is empty or, with an error, where it cannot be read."""
        text = self.text(column)
        if not text:
            return None
        value = read(text)
        if value is None:
            self.say(
                column,
                "cell_invalid",
                f"“{shown(text)}”无法识别，应为{zh}。",
                f"“{shown(text)}” cannot be read; it must be {en}.",
            )
        return value

    def truth(self, column: str) -> bool | None:
        return self.read(column, yes_or_no, "是或否", "yes or no")


def _person(row: _Row, entry: str) -> Person:
    state = row.read("state", state_named, "参赛状态", "a state of an entry")
    if state is not None and state not in _STATES and state != "hors_concours":
        allowed = ", ".join(sorted(_STATES))
        row.say(
            "state",
            "state_misplaced",
            f"参赛者不能处于“{state}”；可用：{allowed}。",
            f"An entry cannot be “{state}”; possible: {allowed}.",
        )
        state = None
    return Person(
        name=row.text("name"),
        state=cast("EntryState", state) if state in _STATES else None,
        hors_concours=bool(row.truth("hors_concours")) or state == "hors_concours",
        lot=row.read("lot", _place, "从 1 起的整数", "a whole number from 1 up"),
        decision=row.read("decision", _place, "从 1 起的整数", "a whole number from 1 up"),
        times=_times(row),
        columns=_columns(row),
        entrant=_entrant(row, entry),
    )


def _place(text: str) -> int | None:
    return int(text) if text.isdecimal() and len(text) < 7 and int(text) >= 1 else None


def _times(row: _Row) -> dict[str, Decimal]:
    """The column `time`, and one column `time:key` for each further time."""
    times = {}
    for column in row.table.columns:
        if column == "time" or column.startswith("time:"):
            value = row.read(column, seconds, "时间（62.5、1:02.50）", "a time (62.5, 1:02.50)")
            if value is not None:
                times[column.removeprefix("time:")] = value
    return times


def _columns(row: _Row) -> dict[str, str]:
    """Every cell that is not empty, by the heading as written and by its canonical name."""
    columns = {}
    for column, place in row.table.columns.items():
        if column != "entry" and row.cells[place]:
            columns[row.table.heading[place]] = columns[column] = row.cells[place]
    return columns


def _entrant(row: _Row, entry: str) -> Entrant:
    may_advance = row.truth("may_advance")
    members: tuple[Member, ...] = ()
    if any(column in row.table.columns for column in _MEMBER):
        honours = row.text("honours")
        members = (
            Member(
                person=row.text("person") or entry,
                worker=row.truth("worker"),
                leader_or_official=row.truth("leader_or_official"),
                clear_record=row.truth("clear_record"),
                honours=_honours(honours) if "honours" in row.table.columns else None,
                level=row.read("level", _level, "技能等级", "a skill level: " + ", ".join(LEVELS)),
            ),
        )
    return Entrant(
        entry=entry,
        delegation=row.text("delegation") or None,
        may_advance=None
        if may_advance is None and row.text("may_advance")
        else True
        if may_advance is None
        else may_advance,
        declined=bool(row.truth("declined")),
        members=members,
    )


def _honours(text: str) -> frozenset[str]:
    return frozenset(
        word for word in text.replace("，", " ").replace(";", " ").replace(",", " ").split() if word
    )


def _level(text: str) -> Level | None:
    return _LEVEL.get(text.strip())
