"""Level ladders: an ordered list of cases, and the first that fits a person names the level to promote to.

A case may ask for class, team size, award rank, an award of the same batch, the present level and parts passed; what it does
not name it does not ask. Source: DOMAIN §7.
"""

from collections.abc import Iterator, Mapping

import msgspec

from scoring.documents import Document
from scoring.entrants.people import LEVELS, Level, Reason, below, level_up


class LadderCase(Document, frozen=True, kw_only=True):
    """`first` to `last` are award ranks, both included. `awards`: holds one of them in this batch. `passed`: all of them.

    It leads to `target`, or `up` levels above the present one; with neither it says that nothing is given.
    Raises ValueError for both at once, and for ranks the wrong way round.
    """

    target: Level | None = None
    up: int = 0
    classes: tuple[str, ...] = ()
    team_sizes: tuple[int, ...] = ()
    first: int | None = None
    last: int | None = None
    awards: tuple[str, ...] = ()
    levels: tuple[Level, ...] = ()
    passed: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.up < 0 or (self.up and self.target is not None):
            raise ValueError("A case leads to one level, or so many levels up, from 1.")
        first = 1 if self.first is None else self.first
        if first < 1 or (self.last is not None and self.last < first):
            raise ValueError(f"No rank lies between {self.first} and {self.last}.")


class Ladder(Document, frozen=True, kw_only=True):
    """The cases in the order in which they are tried. Raises ValueError if there are none."""

    cases: tuple[LadderCase, ...]

    def __post_init__(self) -> None:
        if not self.cases:
            raise ValueError("A ladder needs at least one case.")


class LadderFacts(msgspec.Struct, frozen=True, kw_only=True):
    """What a ladder asks of one person. `awards`: awards of this batch, None where one is still to be decided."""

    award_rank: int
    contest_class: str | None = None
    team_size: int | None = None
    level: Level | None = None
    awards: Mapping[str, bool | None] = {}
    passed: Mapping[str, bool] = {}


class LadderStep(msgspec.Struct, frozen=True):
    """Where the ladder leads: `met` yes, no or None (somebody has to find out); `case` counts from 1."""

    met: bool | None
    target: Level | None
    case: int | None
    reason: Reason


def climb(ladder: Ladder, facts: LadderFacts) -> LadderStep:
    """The first case that fits; an unknown fact that could decide it is a question, never a no."""
    for number, case in enumerate(ladder.cases, 1):
        answers = list(_answers(case, facts))
        if any(met is False for _, met in answers):
            continue
        unknown = [code for code, met in answers if met is None]
        return _open(number, unknown[0]) if unknown else _step(number, case, facts.level)
    zh, en = "不符合任何晋升情形。", "None of the cases of promotion fits."
    return LadderStep(False, None, None, Reason("no_case_fits", zh, en))


def _answers(case: LadderCase, facts: LadderFacts) -> Iterator[tuple[str, bool | None]]:
    if case.classes:
        yield "class", None if facts.contest_class is None else facts.contest_class in case.classes
    if case.team_sizes:
        yield "team_size", None if facts.team_size is None else facts.team_size in case.team_sizes
    if case.first is not None or case.last is not None:
        within = (case.first or 1) <= facts.award_rank and (
            case.last is None or facts.award_rank <= case.last
        )
        yield "rank", within
    if case.awards:
        held = [facts.awards.get(code, False) for code in case.awards]
        yield "award", True if True in held else None if None in held else False
    for node in case.passed:
        yield "passed", facts.passed.get(node)
    if case.levels:
        yield "level", None if facts.level is None else facts.level in case.levels


_OPEN = {
    "class": ("竞赛类别", "The class of the contest"),
    "team_size": ("参赛人数规格", "The team size"),
    "award": ("本批所获奖项", "The award of this batch"),
    "passed": ("单项是否合格", "Whether each part is passed"),
    "level": ("现有技能等级", "The present skill level"),
}


def _open(number: int, code: str) -> LadderStep:
    zh, en = _OPEN[code]
    reason = Reason(
        f"{code}_unknown",
        f"{zh}尚未确定，无法判断第 {number} 种晋升情形，须人工审核。",
        f"{en} is not known, so case {number} of the promotion cannot be judged; a person must check it.",
    )
    return LadderStep(None, None, number, reason)


def _step(number: int, case: LadderCase, level: Level | None) -> LadderStep:
    if case.target is None and not case.up:
        zh = f"适用第 {number} 种情形：不再晋升。"
        en = f"Case {number} applies, and by it nothing is given."
        return LadderStep(False, None, number, Reason("nothing_to_give", zh, en))
    if level is None:
        return _open(number, "level")
    target = case.target or level_up(level, case.up)
    present, present_en = LEVELS[level]
    if target is None or not below(level, target):
        zh = f"适用第 {number} 种情形，但现有技能等级为{present}，无需晋升。"
        en = f"Case {number} applies, but the present level, {present_en}, leaves nothing to promote to."
        return LadderStep(False, None, number, Reason("level_reached", zh, en))
    goal, goal_en = LEVELS[target]
    zh = f"适用第 {number} 种情形：由{present}晋升为{goal}。"
    en = f"Case {number} applies: from {present_en} to {goal_en}."
    return LadderStep(True, target, number, Reason("promotion", zh, en))
