"""Rules of real notices as data, and a list of them. What is not known of a rule is a parameter with a default of ours.

A preset is a start: a contest's organiser compares it with the notice that is in force.
"""

from collections.abc import Callable
from functools import partial
from typing import Final, Literal, TypeAlias

import msgspec

from scoring.advancement import QuotaRule
from scoring.awards import AwardRule
from scoring.presets import bands, levels, programmes, provinces, quotas
from scoring.presets.provinces import hebei_provincial, shijiazhuang_2022

PresetRules: TypeAlias = tuple[AwardRule, ...] | tuple[QuotaRule, ...]


class Preset(msgspec.Struct, frozen=True, kw_only=True):
    """One preset. `build` gives its rules; keyword arguments set its `parameters`, all of which have defaults."""

    code: str
    title: str
    title_en: str
    kind: Literal["awards", "quotas"]
    source: str
    build: Callable[..., PresetRules]
    parameters: tuple[str, ...] = ()


def _awards(
    code: str,
    title: str,
    title_en: str,
    source: str,
    build: Callable[..., tuple[AwardRule, ...]],
    *parameters: str,
) -> Preset:
    return Preset(
        code=code,
        title=title,
        title_en=title_en,
        kind="awards",
        source=source,
        build=build,
        parameters=parameters,
    )


def _quotas(
    code: str,
    title: str,
    title_en: str,
    source: str,
    build: Callable[..., tuple[QuotaRule, ...]],
    *parameters: str,
) -> Preset:
    return Preset(
        code=code,
        title=title,
        title_en=title_en,
        kind="quotas",
        source=source,
        build=build,
        parameters=parameters,
    )


_POSTS: Final = {"班组长": 1, "操作工": 2}
_ALL: Final = (
    _awards("hebei-provincial", "河北省级决赛", "Hebei provincial final", "DOMAIN §7: medal, title and promotion; the target level is a parameter (here 技师).",
            partial(hebei_provincial, level_target="technician"), "level_target", "deciding_items", "back_fill"),
    _awards("hebei-2025", "河北 2025 等级晋升", "Hebei 2025 promotion", "DOMAIN §7: what medal and 优胜 lead to; how many there are is a parameter.",
            levels.hebei_2025, "medals", "merit"),
    _awards("shijiazhuang-2010", "石家庄 2010 等级晋升", "Shijiazhuang 2010 promotion", "DOMAIN §7: by rank and present level, both parts passed; keys of the parts and the first level are parameters.",
            levels.shijiazhuang_2010, "parts", "first_level"),
    _awards("shijiazhuang-2022", "石家庄 2022 状元、标兵、能手", "Shijiazhuang 2022 titles", "DOMAIN §7: 22 trades gave 22, 44 and 154 titles.", shijiazhuang_2022),
    _awards("henan-2023", "河南 2023 等级晋升", "Henan 2023 promotion", "DOMAIN §7: ranks by class; the codes of the classes are parameters.", levels.henan_2023, "class_1", "class_2"),
    _awards("heilongjiang", "黑龙江一类赛等级晋升", "Heilongjiang class 1 promotion", "DOMAIN §7: by rank, other passes to 高级工; class code and parts are parameters.",
            levels.heilongjiang, "class_1", "parts"),
    _awards("chongqing-2010", "重庆 2010 等级晋升", "Chongqing 2010 promotion", "DOMAIN §7: winners to 技师; who is a winner is a parameter.", levels.chongqing_2010, "winners"),
    _awards("shaanxi-2017", "陕西 2017", "Shaanxi 2017", "DOMAIN §7: 258 of 294 places were granted, none was filled from below; places of an item and conditions are parameters.",
            provinces.shaanxi_2017, "places", "conditions"),
    _awards("shanxi", "山西", "Shanxi", "DOMAIN §7: filled from below; places of an item and conditions are parameters.", provinces.shanxi, "places", "conditions"),
    _awards("titles-by-class", "按类别和人数规格授予称号", "Title by class and team size", "DOMAIN §7: class 1 top 5 / 3 / 2, class 2 top 3 / 2 / 1; the codes of the classes are parameters.",
            provinces.titles_by_class, "class_1", "class_2"),
    _awards("luzhou-2016", "泸州 2016", "Luzhou 2016", "DOMAIN §7: 15 + 15 titles, 22 units, 10 craftsmen + 20 nominees; places per trade are parameters.",
            programmes.luzhou_2016, "pace_setters", "experts"),
    _awards("gansu-prisons", "甘肃监狱系统", "Gansu prison service", "DOMAIN §1: 6 medals and 120 titles in 7 years; titles per final are a parameter.", programmes.gansu_prisons, "titles"),
    _awards("state-grid-beijing", "国网北京电力", "State Grid Beijing", "DOMAIN §1: 7 medals, 39 titles, 1,436 promotions; titles and promotions per item are parameters.",
            programmes.state_grid_beijing, "titles", "promotions"),
    _awards("anhui-ceramics", "安徽陶瓷", "Anhui ceramics", "DOMAIN §1: 110 people, 4 items; the bands are ours.", programmes.anhui_ceramics),
    _awards("yangtze", "长江经济带绿色发展", "Yangtze green development", "DOMAIN §9: 20 units + 18 people, 40 + 45 in another year; both numbers are parameters.",
            programmes.yangtze, "units", "people"),
    _awards("first-national", "首届全国大赛", "First national contest", "No figure in DOMAIN: every number is a parameter.",
            programmes.first_national, "experts", "firsts", "seconds", "thirds"),
    _awards("star-stations", "星级站点复核", "Re-check of star stations", "DOMAIN §7: below 70 points a star is withdrawn.", programmes.star_stations, "keep"),
    _awards("good-organisation", "优秀组织奖、优秀教练", "Good organisation and coaches", "DOMAIN §7 names them without figures: the numbers are parameters.",
            programmes.good_organisers, "units", "coaches"),
    _awards("bands-10-20-30", "10/20/30 %", "10, 20 and 30 %", "DOMAIN §7; rounding and minimum are parameters.", bands.bands_10_20_30, "rounding", "minimum"),
    _awards("bands-1-20-30", "1 名 + 20 % + 30 %", "First 1, 20 and 30 %", "DOMAIN §7; rounding is a parameter.", bands.bands_1_20_30, "rounding"),
    _awards("bands-1-2-3", "1/2/3 名", "1, 2 and 3 prizes", "DOMAIN §7.", bands.bands_1_2_3),
    _awards("bands-1-3-6", "1/3/6 名", "1, 3 and 6 prizes", "DOMAIN §7.", bands.bands_1_3_6),
    _awards("bands-3-6-9", "3/6/9 名，不超过 30 %", "3, 6 and 9 prizes up to 30 %", "DOMAIN §7; rounding is a parameter, and that a small field fills from the top is ours.",
            bands.bands_3_6_9, "rounding"),
    _awards("bands-3-5-10", "3/5/10 名，其余至三分之二", "3, 5, 10 prizes and the rest to two thirds", "DOMAIN §7; rounding is a parameter.", bands.bands_3_5_10, "rounding"),
    _awards("bands-top-3", "前三名 + 优胜至半数", "Top 3 and 优胜 to the top half", "DOMAIN §7; rounding is a parameter; no silver after shared gold is ours.", bands.bands_top_3, "rounding"),
    _awards("titles-1-3-10", "第 1、2–3、4–10 名称号", "Titles by rank 1, 2–3, 4–10", "DOMAIN §7.", bands.titles_1_3_10, "prefix", "field"),
    _quotas("three-per-region", "每地区三名", "Three per region", "DOMAIN §1: 3 per item per region or unit; the column is a parameter.", quotas.three_per_region, "column", "places", "substitutes"),
    _quotas("two-with-preliminary", "办赛地区两队", "Two teams after an own preliminary", "DOMAIN §1: else 1 team; the columns are parameters.", quotas.two_with_preliminary, "column", "held"),
    _quotas("non-public-firms", "非公企业不少于三名", "At least 3 from non-public firms", "DOMAIN §1; places in all and the column are parameters.",
            quotas.non_public_firms, "places", "least", "column", "values"),
    _quotas("posts", "固定岗位构成", "Fixed composition of posts", "DOMAIN §1 gives no numbers: the posts are a parameter.", partial(quotas.posts, numbers=_POSTS), "numbers", "column"),
    _quotas("funnel", "前 16、前 8", "Top 16, then top 8", "DOMAIN §1.", quotas.funnel, "steps"),
    _quotas("selection-of-15", "选拔赛不少于 15 人", "Selection from a field of 15", "DOMAIN §1; places are a parameter.", quotas.selection_of_15, "places", "field"),
    _quotas("gansu-final", "甘肃决赛 50 人", "Gansu finals of 50", "DOMAIN §1: some 50 of over 7,000.", programmes.gansu_finalists),
    _quotas("anhui-to-national", "安徽入围全国赛", "Anhui to the national contest", "DOMAIN §1: the event is the qualifier too; places are a parameter.", programmes.anhui_qualifiers, "places"),
)  # fmt: skip

PRESETS: Final[dict[str, Preset]] = {preset.code: preset for preset in _ALL}
"""Every preset by its code."""

__all__ = ["PRESETS", "Preset", "PresetRules", "hebei_provincial", "shijiazhuang_2022"]
