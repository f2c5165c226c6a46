"""Honours and titles of provinces and cities, as data. Figures and their source: DOMAIN §7.

| preset | awards | field | not taken from the notice, so a parameter |
| --- | --- | --- | --- |
| hebei_provincial | 1st → May Day medal; top 3 → technical expert; top 10 → level | trade, trade, item | target level, back-fill, deciding items |
| shijiazhuang_2022 | 1 / 2 / 7 of each trade (22 trades: 22 / 44 / 154) | trade | conditions: none are known |
| shaanxi_2017 | a refused place stays empty (258 of 294 granted) | item | places of an item, conditions |
| shanxi | a refused place is filled from below | item | places of an item, conditions |
| titles_by_class | class 1: top 5 / 3 / 2 of single / pair / triple; class 2: top 3 / 2 / 1 | item | the codes of the classes |
| exclusions | the checklist for honours: item, outcome, reviewer | | which award it stands on |
"""

from collections.abc import Mapping
from typing import Final

from scoring.awards import AwardRule, CheckItem, Cut, CutCase
from scoring.awards.conditions import Condition
from scoring.entrants.people import LEVELS, Level
from scoring.presets.bands import titles_1_3_10
from scoring.presets.levels import CLASS_1, CLASS_2

WORKERS: Final[tuple[Condition, ...]] = ("worker_status", "filed_before_start")


def hebei_provincial(
    *, level_target: Level, deciding_items: Mapping[str, str] | None = None, back_fill: bool = False
) -> tuple[AwardRule, ...]:
    """The Hebei provincial final: medal, title and level promotion, in this order."""
    honour: tuple[Condition, ...] = (*WORKERS, "not_holder", "clear_record")
    zh, en = LEVELS[level_target]
    items = dict(deciding_items or {})
    return (
        AwardRule(
            code="hebei-may-day-medal",
            version=1,
            name="河北省五一劳动奖章",
            name_en="Hebei May Day Labour Medal",
            authority="union",
            field="trade",
            cut=Cut(places=1),
            conditions=(*honour, "not_leader_or_official"),
            back_fill=back_fill,
            deciding_items=items,
        ),
        AwardRule(
            code="hebei-technical-expert",
            version=1,
            name="河北省技术能手",
            name_en="Hebei Technical Expert",
            authority="hrss",
            field="trade",
            cut=Cut(places=3),
            conditions=honour,
            back_fill=back_fill,
            deciding_items=items,
        ),
        AwardRule(
            code="hebei-level-promotion",
            version=1,
            name=f"晋升{zh}",
            name_en=f"Promotion to {en}",
            authority="hrss",
            field="item",
            cut=Cut(places=10),
            conditions=(*WORKERS, "level_below_target"),
            back_fill=back_fill,
            level_target=level_target,
        ),
    )


def shijiazhuang_2022() -> tuple[AwardRule, ...]:
    """Champion, pace-setter and expert of a trade: ranks 1, 2–3 and 4–10."""
    return titles_1_3_10(prefix="shijiazhuang")


def shaanxi_2017(*, places: int = 3, conditions: tuple[Condition, ...] = WORKERS) -> tuple[AwardRule, ...]:
    """Places of an item in Shaanxi: who is not eligible leaves the place empty."""
    return (_places("shaanxi-2017", "陕西 2017 奖项", "Award of Shaanxi 2017", places, conditions, False),)


def shanxi(*, places: int = 3, conditions: tuple[Condition, ...] = WORKERS) -> tuple[AwardRule, ...]:
    """Places of an item in Shanxi: a refused place passes to the next below."""
    return (_places("shanxi", "山西奖项", "Award of Shanxi", places, conditions, True),)


def _places(
    code: str, name: str, name_en: str, places: int, conditions: tuple[Condition, ...], back_fill: bool
) -> AwardRule:
    return AwardRule(
        code=f"{code}-award",
        version=1,
        name=name,
        name_en=name_en,
        authority="hrss",
        field="item",
        cut=Cut(places=places),
        conditions=conditions,
        back_fill=back_fill,
    )


def titles_by_class(
    *, class_1: tuple[str, ...] = CLASS_1, class_2: tuple[str, ...] = CLASS_2
) -> tuple[AwardRule, ...]:
    """Title by class and team size: it needs worker status and filing before the contest."""
    table = ((class_1, (5, 3, 2)), (class_2, (3, 2, 1)))
    cases = tuple(
        CutCase(classes=classes, team_sizes=(size,), cut=Cut(places=places))
        for classes, numbers in table
        for size, places in enumerate(numbers, 1)
    )
    return (
        AwardRule(
            code="title-by-class",
            version=1,
            name="称号",
            name_en="Title",
            authority="hrss",
            field="item",
            cases=cases,
            conditions=WORKERS,
        ),
    )


def exclusions() -> tuple[CheckItem, ...]:
    """What speaks against an honour, for a person to look at: nothing of it is decided by itself."""
    return (
        CheckItem(code="already-holds", title="已获得同等或更高荣誉", title_en="Holds it or more already"),
        CheckItem(code="leader-or-official", title="单位负责人或公务员", title_en="Leader or civil servant"),
        CheckItem(code="discipline", title="违法违纪情况", title_en="Offences and discipline"),
        CheckItem(code="unit-veto", title="单位一票否决事项", title_en="Veto against the unit"),
    )
