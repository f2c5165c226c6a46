"""Award rules of real notices, as data. Figures and their source: DOMAIN §7.

| preset | awards | field | not taken from the notice, so a parameter |
| --- | --- | --- | --- |
| hebei_provincial | 1st → May Day medal; top 3 → technical expert; top 10 → level | trade, trade, item | target level, back-fill, deciding items |
| shijiazhuang_2022 | 1 / 2 / 7 of each trade (22 trades: 22 / 44 / 154) | trade | conditions: none are known |
"""

from collections.abc import Mapping

from scoring.awards import AwardRule, Cut
from scoring.conditions import Condition
from scoring.entrants import LEVELS, Level


def hebei_provincial(
    *, level_target: Level, deciding_items: Mapping[str, str] | None = None, back_fill: bool = False
) -> tuple[AwardRule, ...]:
    """The Hebei provincial final: medal, title and level promotion, in this order."""
    common: tuple[Condition, ...] = ("worker_status", "filed_before_start")
    honour: tuple[Condition, ...] = (*common, "not_holder", "clear_record")
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
            conditions=(*common, "level_below_target"),
            back_fill=back_fill,
            level_target=level_target,
        ),
    )


def shijiazhuang_2022() -> tuple[AwardRule, ...]:
    """Champion, pace-setter and expert of a trade: ranks 1, 2–3 and 4–10."""
    champion, pace_setter, expert = Cut(places=1), Cut(places=2), Cut(places=7)
    bands = (
        ("champion", "状元", "Champion", champion, ()),
        ("pace-setter", "标兵", "Pace-setter", pace_setter, (champion,)),
        ("expert", "能手", "Expert", expert, (champion, pace_setter)),
    )
    return tuple(
        AwardRule(
            code=f"shijiazhuang-{code}",
            version=1,
            name=name,
            name_en=name_en,
            authority="union",
            field="trade",
            cut=cut,
            above=above,
        )
        for code, name, name_en, cut, above in bands
    )
