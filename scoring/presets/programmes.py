"""Honours of whole programmes: their published figures are totals, and the rule behind each is often not known. DOMAIN §1, §7, §9.

| preset | published | not known, so a parameter |
| --- | --- | --- |
| luzhou_2016 | 15 标兵, 15 能手, 22 organising units, 10 craftsmen + 20 nominees by jury | places per trade of the two titles |
| gansu_prisons | 7 years, some 50 in each final, 6 medals, 120 titles | titles per final; a medal is taken to be for the first |
| state_grid_beijing | 7 trades, 14 items; 7 medals, 39 titles, 1,436 promotions | titles and promotions per item; one medal a trade fits the 7 |
| anhui_ceramics | 110 people, 4 items, provincial contest and qualifier in one | bands, places for the national contest |
| yangtze | 20 units + 18 people, 40 + 45 in another year | conditions of both |
| first_national | no figure was found | every number |
| star_stations | below 70 points the star is withdrawn | what each star needs |
| good_organisers | 优秀组织奖, 优秀教练 | how many |
"""

from decimal import Decimal

import msgspec

from scoring.advancement import QuotaRule
from scoring.awards import AwardRule, Cut
from scoring.presets.bands import Prize, bands_10_20_30, prize_rules


def _limited(rule: AwardRule, total: int) -> AwardRule:
    return msgspec.structs.replace(rule, total=total)


def luzhou_2016(*, pace_setters: int = 1, experts: int = 1) -> tuple[AwardRule, ...]:
    """Titles by trade, units by a ranking of the contest, craftsmen by the jury's ranking."""
    titles = prize_rules(
        "luzhou-2016",
        (
            Prize("pace-setter", "标兵", "Pace-setter", Cut(places=pace_setters)),
            Prize("expert", "能手", "Expert", Cut(places=experts)),
        ),
        field="trade",
    )
    jury = prize_rules(
        "luzhou-2016",
        (
            Prize("craftsman", "工匠", "Craftsman", Cut(places=10)),
            Prize("nominee", "工匠提名", "Nominee", Cut(places=20)),
        ),
        field="group",
    )
    units = Prize("organiser", "组织单位奖", "Well-organised unit", Cut(places=22))
    return (
        *(_limited(rule, 15) for rule in titles),
        *prize_rules("luzhou-2016", (units,), field="contest"),
        *jury,
    )


def gansu_finalists() -> tuple[QuotaRule, ...]:
    """Some 50 of all entrants reach a final."""
    return (QuotaRule(code="gansu-final", version=1, name="晋级决赛", name_en="to the final", places=50),)


def gansu_prisons(*, titles: int = 20) -> tuple[AwardRule, ...]:
    """Over all finals 6 medals, for firsts, and 120 titles."""
    medal, title = prize_rules(
        "gansu-prisons",
        (
            Prize("medal", "奖章", "Medal", Cut(places=1)),
            Prize("title", "称号", "Title", Cut(places=titles)),
        ),
    )
    return (_limited(medal, 6), _limited(title, 120))


def state_grid_beijing(*, titles: int = 3, promotions: int = 10) -> tuple[AwardRule, ...]:
    """A host's ten years: one medal a trade, 39 titles and 1,436 level promotions over all items."""
    medals = prize_rules(
        "state-grid-beijing",
        (Prize("medal", "奖章", "Medal", Cut(places=1)),),
        field="trade",
    )
    title, promotion = (
        prize_rules("state-grid-beijing", (prize,))[0]
        for prize in (
            Prize("title", "称号", "Title", Cut(places=titles)),
            Prize("promotion", "晋升职业技能等级", "Promotion of the skill level", Cut(places=promotions)),
        )
    )
    return (_limited(medals[0], 7), _limited(title, 39), _limited(promotion, 1436))


def anhui_ceramics() -> tuple[AwardRule, ...]:
    """Prizes of the provincial side of the event."""
    return bands_10_20_30()


def anhui_qualifiers(*, places: int = 3) -> tuple[QuotaRule, ...]:
    """The other side of the same event: who goes to the national contest."""
    return (
        QuotaRule(
            code="anhui-to-national",
            version=1,
            name="入围全国赛",
            name_en="to the national contest",
            places=places,
        ),
    )


def yangtze(*, units: int = 20, people: int = 18) -> tuple[AwardRule, ...]:
    """Honours of a year: units by the ranking of units (field contest), people by that of people (field group)."""
    unit = Prize("unit", "受表彰单位", "Honoured unit", Cut(places=units))
    person = Prize("person", "受表彰个人", "Honoured person", Cut(places=people))
    return (
        *prize_rules("yangtze", (unit,), field="contest"),
        *prize_rules("yangtze", (person,), field="group"),
    )


def first_national(
    *, experts: int = 1, firsts: int = 1, seconds: int = 2, thirds: int = 3
) -> tuple[AwardRule, ...]:
    """The national title for the best of a trade, and three prizes of an item; every number is for the notice to say."""
    expert = Prize("technical-expert", "全国赛称号", "Title of the national contest", Cut(places=experts))
    prizes = (
        Prize("first", "一等奖", "First prize", Cut(places=firsts)),
        Prize("second", "二等奖", "Second prize", Cut(places=seconds)),
        Prize("third", "三等奖", "Third prize", Cut(places=thirds)),
    )
    titles = prize_rules(
        "first-national",
        (expert,),
        field="trade",
        authority="hrss",
        conditions=("worker_status", "filed_before_start"),
    )
    return (*titles, *prize_rules("first-national", prizes))


def star_stations(*, keep: Decimal = Decimal(70)) -> tuple[AwardRule, ...]:
    """Who keeps a star at the re-check: from 70 points. Below that it is withdrawn; the ban of two years is no rule of scoring."""
    return (
        AwardRule(
            code="star-station",
            version=1,
            name="保留星级",
            name_en="Keeps the star",
            authority="union",
            field="contest",
            cut=Cut(share=Decimal(1)),
            minimum_total=keep,
        ),
    )


def good_organisers(*, units: int = 10, coaches: int = 10) -> tuple[AwardRule, ...]:
    """Units by the ranking of units (field contest), coaches by that of coaches (field group)."""
    unit = Prize("unit", "优秀组织奖", "Award for good organisation", Cut(places=units))
    coach = Prize("coach", "优秀教练", "Excellent coach", Cut(places=coaches))
    return (
        *prize_rules("good-organisation", (unit,), field="contest"),
        *prize_rules("good-organisation", (coach,), field="group"),
    )
