"""Who stands behind an entry, as far as slots and awards ask; and how scoring gives a reason.

A fact is yes, no or None: not known. What is not known is never taken for yes or no; it becomes a question for a person.
"""

import re
from typing import Final, Literal, TypeAlias

import msgspec

Level: TypeAlias = Literal[
    "none",
    "apprentice",
    "junior",
    "intermediate",
    "senior",
    "technician",
    "senior_technician",
    "special_technician",
    "chief_technician",
]
Role: TypeAlias = Literal["contestant", "leader", "coach"]
Answer: TypeAlias = Literal["accepted", "declined"]
CheckOutcome: TypeAlias = Literal["clear", "against"]

LEVELS: Final[dict[Level, tuple[str, str]]] = {
    "none": ("无等级", "no level"),
    "apprentice": ("学徒工", "apprentice"),
    "junior": ("初级工（五级）", "junior worker (level 5)"),
    "intermediate": ("中级工（四级）", "intermediate worker (level 4)"),
    "senior": ("高级工（三级）", "senior worker (level 3)"),
    "technician": ("技师（二级）", "technician (level 2)"),
    "senior_technician": ("高级技师（一级）", "senior technician (level 1)"),
    "special_technician": ("特级技师", "special technician"),
    "chief_technician": ("首席技师", "chief technician"),
}
"""The ladder from the bottom up, with names in zh and en. Source: DOMAIN §7."""

_RUNGS: Final = {level: rung for rung, level in enumerate(LEVELS)}
_DATE: Final = re.compile(r"[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])")


class Reason(msgspec.Struct, frozen=True):
    """Why: a stable code and one complete sentence in each language."""

    code: str
    zh: str
    en: str


class Check(msgspec.Struct, frozen=True, kw_only=True):
    """What a reviewer found on one item of a checklist. Without a reviewer's name it counts as not answered."""

    outcome: CheckOutcome
    reviewer: str
    on: str = ""
    note: str = ""


class Member(msgspec.Struct, frozen=True, kw_only=True):
    """One person of an entry on the day of the contest.

    `worker`: has worker status. `leader_or_official`: is a firm's leader or a civil servant. `clear_record`: nothing
    from discipline or the unit stands against an honour. `honours`: codes of the awards already held. `level`: present
    skill level, "none" if there is none. `checks`: answers to items of checklists, by their code. `columns`: anything else.
    """

    person: str
    role: Role = "contestant"
    worker: bool | None = None
    leader_or_official: bool | None = None
    clear_record: bool | None = None
    honours: frozenset[str] | None = None
    level: Level | None = None
    checks: dict[str, Check] = {}
    columns: dict[str, str] = {}


class Entrant(msgspec.Struct, frozen=True, kw_only=True):
    """An entry with its delegation and people. Raises ValueError for a date that is none.

    `may_advance`: the review for the next tier, None while it is open. `columns`: unit, region, post, group … as text.
    `seed`: goes in before everybody without one, 1 first. `passed`: which parts reach their pass line, by node key.
    `answer_by`: until when an offered place must be answered, `answered_on` when it was; dates as 2025-06-30.
    """

    entry: str
    delegation: str | None = None
    may_advance: bool | None = True
    declined: bool = False
    members: tuple[Member, ...] = ()
    columns: dict[str, str] = {}
    contest_class: str | None = None
    team_size: int | None = None
    seed: int | None = None
    passed: dict[str, bool] = {}
    answer: Answer | None = None
    answered_on: str | None = None
    answer_by: str | None = None

    def __post_init__(self) -> None:
        for day in (self.answered_on, self.answer_by):
            check_day(day)

    @property
    def contestants(self) -> tuple[Member, ...]:
        """The members who compete."""
        return tuple(member for member in self.members if member.role == "contestant")


def check_day(day: str | None) -> None:
    """Raises ValueError unless this is a day written as 2025-06-30; such days compare as text."""
    if day is not None and not _DATE.fullmatch(day):
        raise ValueError(f"{day!r} is no date. Write it as 2025-06-30.")


def below(level: Level, target: Level) -> bool:
    """Whether `level` stands lower on the ladder than `target`."""
    return _RUNGS[level] < _RUNGS[target]


def level_up(level: Level, rungs: int) -> Level | None:
    """The level so many rungs higher; None above the top."""
    rung = _RUNGS[level] + rungs
    return (*LEVELS,)[rung] if rung < len(LEVELS) else None
