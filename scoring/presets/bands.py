"""Bands of prizes as notices write them: so many firsts, so many seconds, or shares of the field. Source: DOMAIN §7.

| preset | bands | not in the notice, so a parameter |
| --- | --- | --- |
| bands_10_20_30 | 10, 20 and 30 % | rounding, minimum |
| bands_1_20_30 | first 1, then 20 and 30 % | rounding |
| bands_1_2_3, bands_1_3_6 | fixed numbers | |
| bands_3_6_9 | 3, 6 and 9, together at most 30 % | rounding; a small field fills the bands from the top |
| bands_3_5_10 | 3, 5 and 10, and the rest to two thirds | rounding |
| bands_top_3 | top 3, and 优胜 to the top half | rounding |
| titles_1_3_10 | titles by rank 1, 2–3 and 4–10 | |
"""

from collections.abc import Sequence
from decimal import Decimal
from typing import Final, Literal, NamedTuple

from scoring.awards import Authority, AwardRule, Cut, FieldKind
from scoring.awards.conditions import Condition
from scoring.entrants.terms import Share, ShareRounding

_TENTHS: Final = Decimal(10)


class Prize(NamedTuple):
    """One band: the code and the names of its prize, and its places."""

    code: str
    name: str
    name_en: str
    cut: Cut


def prize_rules(
    prefix: str,
    prizes: Sequence[Prize],
    *,
    field: FieldKind = "item",
    authority: Authority = "union",
    conditions: tuple[Condition, ...] = (),
    back_fill: bool = False,
    tie: Literal["report", "widen"] = "report",
    after_tie: Literal["decide", "skip", "shift"] = "decide",
) -> tuple[AwardRule, ...]:
    """One award rule per band; each begins below the ones before it."""
    return tuple(
        AwardRule(
            code=f"{prefix}-{prize.code}",
            version=1,
            name=prize.name,
            name_en=prize.name_en,
            authority=authority,
            field=field,
            cut=prize.cut,
            above=tuple(above.cut for above in prizes[:place]),
            conditions=conditions,
            back_fill=back_fill,
            tie=tie,
            after_tie=after_tie,
        )
        for place, prize in enumerate(prizes)
    )


def three_prizes(prefix: str, first: Cut, second: Cut, third: Cut) -> tuple[AwardRule, ...]:
    """First, second and third prize."""
    return prize_rules(
        prefix,
        (
            Prize("first", "一等奖", "First prize", first),
            Prize("second", "二等奖", "Second prize", second),
            Prize("third", "三等奖", "Third prize", third),
        ),
    )


def bands_10_20_30(*, rounding: ShareRounding = "floor", minimum: int = 1) -> tuple[AwardRule, ...]:
    """10, 20 and 30 % of the field; a tenth of 39 is 3, and of 9 at least 1."""
    shares = [
        Cut(share=Decimal(tenths) / _TENTHS, rounding=rounding, minimum=minimum) for tenths in (1, 2, 3)
    ]
    return three_prizes("bands-10-20-30", *shares)


def bands_1_20_30(*, rounding: ShareRounding = "floor") -> tuple[AwardRule, ...]:
    """One first prize, seconds for 20 % and thirds for 30 % of the field."""
    second, third = (Cut(share=Decimal(tenths) / _TENTHS, rounding=rounding) for tenths in (2, 3))
    return three_prizes("bands-1-20-30", Cut(places=1), second, third)


def bands_1_2_3() -> tuple[AwardRule, ...]:
    """One first, two second and three third prizes."""
    return three_prizes("bands-1-2-3", Cut(places=1), Cut(places=2), Cut(places=3))


def bands_1_3_6() -> tuple[AwardRule, ...]:
    """One first, three second and six third prizes."""
    return three_prizes("bands-1-3-6", Cut(places=1), Cut(places=3), Cut(places=6))


def bands_3_6_9(*, rounding: ShareRounding = "floor") -> tuple[AwardRule, ...]:
    """3, 6 and 9 prizes, but together no more than 30 % of the field."""
    cap = Share(of=Decimal(3), out_of=_TENTHS, rounding=rounding)
    return three_prizes("bands-3-6-9", *(Cut(places=places, up_to=cap) for places in (3, 6, 9)))


def bands_3_5_10(*, rounding: ShareRounding = "floor") -> tuple[AwardRule, ...]:
    """3, 5 and 10 prizes, and 优秀奖 for the rest of the upper two thirds."""
    two_thirds = Share(of=Decimal(2), out_of=Decimal(3), rounding=rounding)
    return prize_rules(
        "bands-3-5-10",
        (
            Prize("first", "一等奖", "First prize", Cut(places=3)),
            Prize("second", "二等奖", "Second prize", Cut(places=5)),
            Prize("third", "三等奖", "Third prize", Cut(places=10)),
            Prize("merit", "优秀奖", "Merit prize", Cut(up_to=two_thirds)),
        ),
    )


def bands_top_3(*, rounding: ShareRounding = "floor") -> tuple[AwardRule, ...]:
    """Gold, silver and bronze, and 优胜 for the rest of the upper half."""
    half = Share(of=Decimal(1), out_of=Decimal(2), rounding=rounding)
    return prize_rules(
        "bands-top-3",
        (
            Prize("gold", "金牌", "Gold medal", Cut(places=1)),
            Prize("silver", "银牌", "Silver medal", Cut(places=1)),
            Prize("bronze", "铜牌", "Bronze medal", Cut(places=1)),
            Prize("merit", "优胜奖", "Medallion for excellence", Cut(up_to=half)),
        ),
        after_tie="skip",
        tie="widen",
    )


def titles_1_3_10(*, prefix: str = "titles", field: FieldKind = "trade") -> tuple[AwardRule, ...]:
    """Champion, pace-setter and expert: ranks 1, 2–3 and 4–10."""
    return prize_rules(
        prefix,
        (
            Prize("champion", "状元", "Champion", Cut(places=1)),
            Prize("pace-setter", "标兵", "Pace-setter", Cut(places=2)),
            Prize("expert", "能手", "Expert", Cut(places=7)),
        ),
        field=field,
    )
