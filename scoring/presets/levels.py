"""Level promotions of real notices as ladders. Source: DOMAIN §7. The result is a proposal; an authority decides.

| preset | cases | not known, so a parameter |
| --- | --- | --- |
| hebei_2025 | medal → 技师, or 高级技师 from 技师; 优胜 → 高级工, or 技师 from 高级工 | how many medals and 优胜 there are |
| henan_2023 | class 1: 1–5 技师, 6–20 高级工; class 2: 1–3, 4–15 | the codes of the classes |
| heilongjiang | class 1: 1–3 高级技师, 4–10 技师, other passes below 高级工 → 高级工 | the parts that must be passed, the code of the class |
| shijiazhuang_2010 | both parts passed; 1st 技师; 2–10 技师 from 高级工, else 高级工; other passes one level up | the keys of the parts; the first level of somebody without any (ours: 初级工) |
| chongqing_2010 | winners 技师, from 技师 on nothing | who counts as a winner |
"""

from decimal import Decimal
from typing import Final

from scoring.awards import AwardRule, Cut
from scoring.awards.conditions import Condition
from scoring.awards.ladders import Ladder, LadderCase
from scoring.entrants.people import Level
from scoring.entrants.terms import Floor, Share
from scoring.presets.bands import Prize, prize_rules

PARTS: Final = ("theory", "practical")
CLASS_1: Final = ("province_1",)
CLASS_2: Final = ("province_2",)
BELOW_SENIOR: Final[tuple[Level, ...]] = ("none", "apprentice", "junior", "intermediate")
_WORKERS: Final[tuple[Condition, ...]] = ("worker_status", "filed_before_start")
_HALF: Final = Share(of=Decimal(1), out_of=Decimal(2))


def promotion(
    code: str, cases: tuple[LadderCase, ...], *, cut: Cut | None = None, floors: tuple[Floor, ...] = ()
) -> AwardRule:
    """A promotion within an item by these cases; without a cut the whole field is looked at."""
    return AwardRule(
        code=f"{code}-level-promotion",
        version=1,
        name="晋升职业技能等级",
        name_en="Promotion of the skill level",
        authority="hrss",
        field="item",
        cut=cut,
        conditions=_WORKERS,
        floors=floors,
        ladder=Ladder(cases=cases),
    )


def hebei_2025(*, medals: Cut | None = None, merit: Cut | None = None) -> tuple[AwardRule, ...]:
    """Medals and 优胜 of an item, and the promotions that go with them."""
    prizes = prize_rules(
        "hebei-2025",
        (
            Prize("medal", "奖牌", "Medal", medals or Cut(places=3)),
            Prize("merit", "优胜奖", "Medallion for excellence", merit or Cut(up_to=_HALF)),
        ),
    )
    medal, winner = (rule.code for rule in prizes)
    cases = (
        LadderCase(awards=(medal,), levels=("technician",), target="senior_technician"),
        LadderCase(awards=(medal,), levels=(*BELOW_SENIOR, "senior"), target="technician"),
        LadderCase(awards=(medal,)),
        LadderCase(awards=(winner,), levels=("senior",), target="technician"),
        LadderCase(awards=(winner,), target="senior"),
    )
    return (*prizes, promotion("hebei-2025", cases))


def henan_2023(
    *, class_1: tuple[str, ...] = CLASS_1, class_2: tuple[str, ...] = CLASS_2
) -> tuple[AwardRule, ...]:
    """Technician for the first, senior worker for those behind, fewer of both in class 2."""
    cases = (
        LadderCase(classes=class_1, last=5, target="technician"),
        LadderCase(classes=class_1, first=6, last=20, target="senior"),
        LadderCase(classes=class_2, last=3, target="technician"),
        LadderCase(classes=class_2, first=4, last=15, target="senior"),
    )
    return (promotion("henan-2023", cases),)


def heilongjiang(
    *, class_1: tuple[str, ...] = CLASS_1, parts: tuple[str, ...] = PARTS
) -> tuple[AwardRule, ...]:
    """Class 1: senior technician for the top three, technician to rank 10, senior worker for whoever else passed."""
    cases = (
        LadderCase(classes=class_1, last=3, target="senior_technician"),
        LadderCase(classes=class_1, first=4, last=10, target="technician"),
        LadderCase(classes=class_1, passed=parts, levels=BELOW_SENIOR, target="senior"),
    )
    return (promotion("heilongjiang", cases),)


def shijiazhuang_2010(
    *, parts: tuple[str, ...] = PARTS, first_level: Level = "junior"
) -> tuple[AwardRule, ...]:
    """Only with both parts passed; the first becomes technician, everybody else moves up by rank and present level."""
    cases = (
        LadderCase(last=1, target="technician"),
        LadderCase(last=10, levels=("senior",), target="technician"),
        LadderCase(last=10, target="senior"),
        LadderCase(levels=("none", "apprentice"), target=first_level),
        LadderCase(up=1),
    )
    floors = tuple(Floor(node=part) for part in parts)
    return (promotion("shijiazhuang-2010", cases, floors=floors),)


def chongqing_2010(*, winners: Cut | None = None) -> tuple[AwardRule, ...]:
    """Technician for the winners; who is one already gets nothing."""
    return (promotion("chongqing-2010", (LadderCase(target="technician"),), cut=winners or Cut(places=1)),)
