"""Who stands behind an entry, as far as slots and awards ask; and how scoring gives a reason.

A fact is yes, no or None: not known. What is not known is never taken for yes or no; it becomes a question for a person.
"""

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


class Reason(msgspec.Struct, frozen=True):
    """Why: a stable code and one complete sentence in each language."""

    code: str
    zh: str
    en: str


class Member(msgspec.Struct, frozen=True, kw_only=True):
    """One person of an entry on the day of the contest.

    `worker`: has worker status. `leader_or_official`: is a firm's leader or a civil servant. `clear_record`: nothing
    from discipline or the unit stands against an honour. `honours`: codes of the awards already held. `level`: present
    skill level, "none" if there is none.
    """

    person: str
    role: Role = "contestant"
    worker: bool | None = None
    leader_or_official: bool | None = None
    clear_record: bool | None = None
    honours: frozenset[str] | None = None
    level: Level | None = None


class Entrant(msgspec.Struct, frozen=True, kw_only=True):
    """An entry with its delegation and people. `may_advance`: the review for the next tier, None while it is open."""

    entry: str
    delegation: str | None = None
    may_advance: bool | None = True
    declined: bool = False
    members: tuple[Member, ...] = ()


def below(level: Level, target: Level) -> bool:
    """Whether `level` stands lower on the ladder than `target`."""
    return _RUNGS[level] < _RUNGS[target]
