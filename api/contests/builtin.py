"""Presets that the program brings: the provincial final of Hebei, and a city and a base contest that select for the tier above.

Papers, weights and panel are those of the season file (`api/simulation/data`), awards those of `scoring.presets`. Whoever changes
what comes out here raises VERSION and writes a migration that loads again: a version that exists never changes.
"""

from typing import Final

import msgspec

from api.contests.commands.presets import add_preset
from api.contests.presets import PresetDocument, PresetItem, Tier, Trade
from api.contests.rules import ContestRules
from api.plumbing.db import Connection
from api.simulation.figures import Season
from api.simulation.season_file import load_season
from scoring import QuotaRule, hebei_provincial

VERSION: Final = 1

# The 30 : 70, the panel and the order of ties are the province's; the practical paper is written anew for every contest.
_LOCKED: Final = (
    "/notice_days",
    "/items/*/plan/root",
    "/items/*/plan/ties",
    "/items/*/plan/rank_on",
    "/rules/quota",
    "/rules/quotas",
    "/rules/awards",
)
_ADJUSTABLE: Final = (
    "/items/*/plan/root/parts/practical/node/parts",
    "/items/*/plan/root/parts/practical/node/title",
    "/items/*/plan/root/parts/practical/node/title_en",
    "/rules/quota/places",
    "/rules/quota/substitutes",
    "/rules/awards/*/back_fill",
    "/rules/awards/*/deciding_items",
    "/rules/awards/hebei-level-promotion/level_target",
    "/rules/awards/hebei-level-promotion/name",
    "/rules/awards/hebei-level-promotion/name_en",
)


async def load_presets(connection: Connection) -> int:
    """Put the built-in presets into the table; gives how many were new."""
    added = [await add_preset(connection, None, document) for document in builtin_presets()]
    return sum(each is not None for each in added)


def builtin_presets() -> tuple[PresetDocument, ...]:
    """The three documents, from the province down."""
    season = load_season()
    province = _document(
        season,
        "province",
        "hebei-provincial",
        ("河北省级决赛", "Hebei provincial final"),
        ("province_1", "省级一类", "provincial, class 1"),
        ContestRules(
            quota=_quota("to-national", "推荐参加全国赛", "to the national contest"),
            awards=hebei_provincial(level_target="technician"),
        ),
    )
    city = _document(
        season,
        "city",
        "hebei-city",
        ("河北市级选拔赛", "Hebei city contest"),
        ("city_1", "市级一类", "city, class 1"),
        ContestRules(quota=_quota("to-province", "晋级省级决赛", "to the provincial final")),
    )
    base = _document(
        season,
        "base",
        "hebei-base",
        ("河北县（企业）级竞赛", "Hebei county or enterprise contest"),
        ("base_1", "县（企业）级", "county or enterprise"),
        ContestRules(quota=_quota("to-city", "晋级市级竞赛", "to the city contest")),
    )
    return province, city, base


def _quota(code: str, name: str, name_en: str) -> QuotaRule:
    """Three of each item (DOMAIN 1), and two who stand by."""
    return QuotaRule(code=code, version=1, name=name, name_en=name_en, places=3, substitutes=2)


def _document(
    season: Season,
    tier: Tier,
    code: str,
    name: tuple[str, str],
    contest_class: tuple[str, str, str],
    rules: ContestRules,
) -> PresetDocument:
    items = tuple(
        PresetItem(
            trade=trade.code,
            code=trade.code.replace("_", "-"),
            name_zh=trade.name_zh,
            name_en=trade.name_en,
            # The plan is the preset's and not the season's: it is used again next year.
            plan=msgspec.structs.replace(
                season.assessment_plan(trade), code=f"hebei-{trade.code.replace('_', '-')}"
            ),
            min_field=10 if tier == "province" else 0,
            capacity=60 if tier == "province" else None,
            per_delegation=3 if tier == "province" else None,
            live="by_name",
        )
        for trade in season.papers.trades
    )
    return PresetDocument(
        code=code,
        version=VERSION,
        tier=tier,
        name_zh=name[0],
        name_en=name[1],
        class_code=contest_class[0],
        class_zh=contest_class[1],
        class_en=contest_class[2],
        trades=tuple(Trade(t.code, t.name_zh, t.name_en) for t in season.papers.trades),
        items=items,
        rules=rules,
        locked=_LOCKED,
        adjustable=_ADJUSTABLE,
    )
