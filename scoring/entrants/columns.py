"""Entrants from the plain columns of an entries file: one row a person, rows of one entry are a team.

| column | what it holds |
| --- | --- |
| entry | the entry; a row without one is a fault |
| delegation, class, team_size, seed | of the entry: all its rows must agree; an empty cell says nothing |
| may_advance, declined, answer, answered_on, answer_by | the review for the next tier and the answer to an offered place |
| passed:NODE | whether the part with this node key is passed |
| person, role, level, honours | of the person; honours are codes, apart by commas or spaces, "none" for none |
| worker, leader_or_official, clear_record | yes or no; empty is not known |
| check:CODE | an item of a checklist: clear or against; reviewer; day |

Every column, also one that is not in the table, can be named by rules under its heading and its name here: `columns` of the
member holds all of the row, `columns` of the entrant what its rows have in common.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Final, TypeVar

import msgspec

from scoring.entrants.people import (
    LEVELS,
    Answer,
    Check,
    CheckOutcome,
    Entrant,
    Level,
    Member,
    Role,
    check_day,
)

Row = Mapping[str, str]
T = TypeVar("T")

ALIASES: Final[dict[str, tuple[str, ...]]] = {
    "entry": ("参赛号", "参赛编号", "选手编号", "队号"),
    "delegation": ("代表队", "代表团", "参赛队"),
    "unit": ("单位", "工作单位", "所在单位", "单位名称"),
    "region": ("地区", "所属地区", "市", "区县"),
    "group": ("组别", "参赛组别"),
    "post": ("岗位", "职务"),
    "class": ("竞赛类别", "类别", "contest_class"),
    "team_size": ("人数规格", "参赛人数"),
    "seed": ("种子", "种子序号"),
    "may_advance": ("可晋级", "晋级资格"),
    "declined": ("放弃", "放弃晋级"),
    "answer": ("答复",),
    "answered_on": ("答复日期",),
    "answer_by": ("答复截止", "答复截止日期"),
    "person": ("姓名", "选手姓名", "人员"),
    "role": ("角色", "身份"),
    "level": ("技能等级", "现有技能等级", "职业技能等级", "skill_level"),
    "honours": ("已获荣誉", "已有荣誉"),
    "worker": ("职工", "职工身份", "一线职工"),
    "leader_or_official": ("负责人或公务员", "单位负责人或公务员"),
    "clear_record": ("无违纪", "无违纪否决"),
}
"""The names of columns here, and what people call them. A prefix 合格: means passed:, 审核: means check:."""

_NAMES: Final = {alias: name for name, aliases in ALIASES.items() for alias in (name, *aliases)}
_PREFIXES: Final = {"合格:": "passed:", "合格：": "passed:", "审核:": "check:", "审核：": "check:"}
_OF_ENTRY: Final = (
    "delegation", "class", "team_size", "seed", "may_advance", "declined", "answer", "answered_on", "answer_by"
)  # fmt: skip
_OF_PERSON: Final = ("person", "role", "level", "honours", "worker", "leader_or_official", "clear_record")
_YES_NO: Final = {
    **dict.fromkeys(("yes", "y", "true", "1", "是", "有", "√", "合格"), True),
    **dict.fromkeys(("no", "n", "false", "0", "否", "无", "×", "不合格"), False),
}
_UNKNOWN: Final = frozenset({"unknown", "?", "？", "未知", "待审", "待核实"})
_ROLES: Final[dict[str, Role]] = {
    "contestant": "contestant", "选手": "contestant", "参赛选手": "contestant", "leader": "leader", "领队": "leader",
    "coach": "coach", "教练": "coach", "教练员": "coach",
}  # fmt: skip
_ANSWERS: Final[dict[str, Answer]] = {
    "accepted": "accepted", "接受": "accepted", "同意": "accepted", "declined": "declined", "放弃": "declined", "拒绝": "declined",
}  # fmt: skip
_OUTCOMES: Final[dict[str, CheckOutcome]] = {"clear": "clear", "无异议": "clear", "通过": "clear", "against": "against", "有异议": "against", "不通过": "against"}  # fmt: skip
_RUNGS: Final = ("五级", "四级", "三级", "二级", "一级")
_LEVELS: Final[dict[str, Level]] = {
    **{word: code for code, (zh, en) in LEVELS.items() for word in (code, zh, zh.partition("（")[0], en, en.partition(" (")[0])},
    **dict(zip(_RUNGS, ("junior", "intermediate", "senior", "technician", "senior_technician"), strict=True)),
    "无": "none", "初级": "junior", "中级": "intermediate", "高级": "senior",
}  # fmt: skip


class ColumnFault(msgspec.Struct, frozen=True):
    """What is wrong with one cell. `row` counts the rows from 1, the heading not among them."""

    row: int
    column: str
    zh: str
    en: str


class EntrantFaults(ValueError):
    """Cells that cannot be read; `faults` names every one."""

    def __init__(self, faults: Iterable[ColumnFault]) -> None:
        self.faults = tuple(faults)
        super().__init__(" ".join(f"Row {each.row}, column {each.column}: {each.en}" for each in self.faults))


def entrants_of(rows: Iterable[Row]) -> tuple[Entrant, ...]:
    """One entrant per entry, in the order in which they first appear. Raises EntrantFaults with every cell that is wrong."""
    faults: list[ColumnFault] = []
    entries: dict[str, list[_Cells]] = {}
    for number, row in enumerate(rows, 1):
        cells = _Cells(number, row, faults)
        entry = cells.text("entry")
        if entry:
            entries.setdefault(entry, []).append(cells)
        else:
            cells.say("entry", "缺少参赛号。", "The entry is missing.")
    entrants = [_entrant(entry, team) for entry, team in entries.items()]
    if faults:
        raise EntrantFaults(sorted(faults, key=lambda each: each.row))
    return tuple(entrants)


class _Cells:
    """One row by the names of the columns here, and as it is written."""

    def __init__(self, number: int, row: Row, faults: list[ColumnFault]) -> None:
        self.number, self.faults = number, faults
        self.headings = {column_name(heading): heading for heading in reversed(list(row))}
        self.named = {name: row[heading].strip() for name, heading in self.headings.items()}
        filled = {heading.strip(): value.strip() for heading, value in row.items() if value.strip()}
        self.columns = filled | {name: value for name, value in self.named.items() if value}

    def text(self, name: str) -> str:
        return self.named.get(name, "")

    def say(self, name: str, zh: str, en: str) -> None:
        self.faults.append(ColumnFault(self.number, self.headings.get(name, name), zh, en))

    def read(self, name: str, words: Callable[[str], T | None], zh: str, en: str) -> T | None:
        """The cell by these words; None where it is empty or not known, or where it cannot be read and that is noted."""
        text = self.text(name)
        if not text or text.lower() in _UNKNOWN:
            return None
        value = words(text)
        if value is None:
            self.say(
                name, f"“{text[:40]}”无法识别，应为{zh}。", f"“{text[:40]}” cannot be read; it must be {en}."
            )
        return value

    def truth(self, name: str) -> bool | None:
        return self.read(name, lambda text: _YES_NO.get(text.lower()), "是或否", "yes or no")

    def count(self, name: str) -> int | None:
        return self.read(name, _count, "从 1 起的整数", "a whole number from 1 up")

    def day(self, name: str) -> str | None:
        return self.read(name, _day, "日期，如 2025-06-30", "a day such as 2025-06-30")

    def parts(self, prefix: str) -> list[str]:
        return [name for name in self.named if name.startswith(prefix) and self.named[name]]


def column_name(heading: str) -> str:
    """The name of a column here, from its heading; the heading itself where it is none of ours."""
    heading = heading.strip()
    for alias, prefix in _PREFIXES.items():
        if heading.startswith(alias):
            return prefix + heading.removeprefix(alias).strip()
    return _NAMES.get(heading, heading)


def _entrant(entry: str, team: list[_Cells]) -> Entrant:
    names = [*_OF_ENTRY, *dict.fromkeys(name for cells in team for name in cells.parts("passed:"))]
    cells = {name: _agreed(name, team) for name in names}
    asked = cells["may_advance"]
    may_advance = asked.truth("may_advance")
    common = set(team[0].columns.items()).intersection(*(each.columns.items() for each in team[1:]))
    return Entrant(
        entry=entry,
        delegation=cells["delegation"].text("delegation") or None,
        may_advance=True if not asked.text("may_advance") else may_advance,
        declined=bool(cells["declined"].truth("declined")),
        members=tuple(_member(entry, each) for each in team if any(name in each.named for name in _OF_PERSON) or each.parts("check:")),
        columns={name: value for name, value in team[0].columns.items() if (name, value) in common},
        contest_class=cells["class"].text("class") or None,
        team_size=cells["team_size"].count("team_size"),
        seed=cells["seed"].count("seed"),
        passed=_passed(cells, names[len(_OF_ENTRY) :]),
        answer=cells["answer"].read("answer", _ANSWERS.get, "接受或放弃", "accepted or declined"),
        answered_on=cells["answered_on"].day("answered_on"),
        answer_by=cells["answer_by"].day("answer_by"),
    )  # fmt: skip


def _agreed(name: str, team: list[_Cells]) -> _Cells:
    """The first row of the entry that says something here; a row that says otherwise is a fault."""
    saying = [cells for cells in team if cells.text(name)]
    for cells in saying[1:]:
        if cells.text(name) != saying[0].text(name):
            said = saying[0].text(name)[:40]
            cells.say(
                name, f"同一参赛者的另一行写的是“{said}”。", f"Another row of the same entry says “{said}”."
            )
    return saying[0] if saying else team[0]


def _passed(cells: Mapping[str, _Cells], names: list[str]) -> dict[str, bool]:
    found = {name.removeprefix("passed:"): cells[name].truth(name) for name in names}
    return {node: passed for node, passed in found.items() if passed is not None}


def _member(entry: str, cells: _Cells) -> Member:
    honours = cells.text("honours")
    checks = {name.removeprefix("check:"): _check(cells, name) for name in cells.parts("check:")}
    return Member(
        person=cells.text("person") or entry,
        role=cells.read("role", _ROLES.get, "选手、领队或教练", "contestant, leader or coach")
        or "contestant",
        worker=cells.truth("worker"),
        leader_or_official=cells.truth("leader_or_official"),
        clear_record=cells.truth("clear_record"),
        honours=_honours(honours) if honours and honours.lower() not in _UNKNOWN else None,
        level=cells.read("level", _LEVELS.get, "技能等级", "a skill level: " + ", ".join(LEVELS)),
        checks={code: check for code, check in checks.items() if check is not None},
        columns=cells.columns,
    )


def _check(cells: _Cells, name: str) -> Check | None:
    return cells.read(name, _check_words, "“无异议；审核人；日期”", "“clear; reviewer; day”")


def _check_words(text: str) -> Check | None:
    outcome, reviewer, on, *more = [*(part.strip() for part in text.replace("；", ";").split(";")), "", ""]
    if outcome not in _OUTCOMES or any(more) or (on and _day(on) is None):
        return None
    return Check(outcome=_OUTCOMES[outcome], reviewer=reviewer, on=on)


def _honours(text: str) -> frozenset[str]:
    words = text.translate(str.maketrans("，、；,;", "     ")).split()
    return frozenset(word for word in words if word not in {"none", "无"})


def _count(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 7 and int(text) else None


def _day(text: str) -> str | None:
    try:
        check_day(text)
    except ValueError:
        return None
    return text
