"""The list of administrative divisions: complete, consistent, dated."""

import re
from collections import Counter
from datetime import date, timedelta
from pathlib import Path

import pytest

from api.organisations import region_data
from api.organisations.region_data import EDITION, children_on, region_rows, regions_on

SEASON = date(2021, 9, 23)

HEBEI = {
    "130100": ("石家庄市", 22),
    "130200": ("唐山市", 14),
    "130300": ("秦皇岛市", 7),
    "130400": ("邯郸市", 18),
    "130500": ("邢台市", 18),
    "130600": ("保定市", 24),
    "130700": ("张家口市", 16),
    "130800": ("承德市", 11),
    "130900": ("沧州市", 16),
    "131000": ("廊坊市", 10),
    "131100": ("衡水市", 11),
}


def test_the_country_has_34_provincial_units():
    provinces = [row for row in regions_on(EDITION).values() if row.level == "province"]

    assert len(provinces) == 34
    assert {"710000", "810000", "820000"} <= {row.code for row in provinces}


def test_special_administrative_regions_begin_on_their_day():
    eve = date(1997, 6, 30)

    assert "810000" not in regions_on(eve)
    assert "810000" in regions_on(eve + timedelta(days=1))


def test_hebei_has_11_cities_with_all_their_167_counties():
    cities = children_on("130000", SEASON)

    found = {city.code: (city.name_zh, len(children_on(city.code, SEASON))) for city in cities}
    assert found == HEBEI
    assert sum(count for _, count in found.values()) == 167


def test_counties_of_the_three_delegations_without_a_city_are_present():
    regions = regions_on(SEASON)

    assert regions["130682"].name_zh == "定州市"
    assert regions["130181"].name_zh == "辛集市"
    assert {regions[code].name_zh for code in ("130629", "130632", "130638")} == {"容城县", "安新县", "雄县"}
    assert not [row for row in region_rows() if "雄安" in row.name_zh]


def test_every_row_hangs_on_a_row_of_the_level_above():
    regions = {row.code: row for row in region_rows()}

    for row in region_rows():
        assert re.fullmatch(r"[1-8]\d{5}", row.code)
        if row.level == "province":
            assert row.parent is None and row.code.endswith("0000")
        else:
            parent = regions[row.parent or ""]
            assert row.code.startswith(parent.code[:2])
            assert parent.level == ("province" if row.level == "prefecture" else parent.level)
            assert parent.level != "county"


def test_one_code_names_one_region_on_any_day():
    changes = {day for row in region_rows() for day in (row.valid_from, row.valid_to) if day}

    for day in {EDITION, *changes, *(change - timedelta(days=1) for change in changes)}:
        codes = Counter(row.code for row in region_rows() if row.holds_on(day))
        assert codes.most_common(1)[0][1] == 1, day


@pytest.mark.parametrize(
    ("old", "new", "name", "last_day"),
    [
        ("130185", "130110", "鹿泉", date(2014, 9, 22)),
        ("130124", "130111", "栾城", date(2014, 9, 22)),
        ("130182", "130109", "藁城", date(2014, 9, 22)),
        ("130621", "130607", "满城", date(2015, 4, 27)),
        ("130323", "130306", "抚宁", date(2015, 8, 21)),
        ("130733", "130709", "崇礼", date(2016, 1, 26)),
        ("130823", "130881", "平泉", date(2017, 4, 8)),
        ("130527", "130506", "南和", date(2020, 6, 22)),
    ],
)
def test_a_merged_county_gives_way_to_its_district_overnight(old, new, name, last_day):
    before, after = regions_on(last_day), regions_on(last_day + timedelta(days=1))

    assert before[old].name_zh.startswith(name) and new not in before
    assert after[new].name_zh.startswith(name) and old not in after


def test_a_renamed_district_keeps_its_code():
    assert regions_on(date(2015, 4, 27))["130602"].name_zh == "新市区"
    assert regions_on(date(2015, 4, 28))["130602"].name_zh == "竞秀区"


@pytest.mark.parametrize(
    ("code", "name_en"),
    [
        ("130726", "Yu County"),
        ("130225", "Laoting County"),
        ("130121", "Jingxing County"),
        ("130107", "Jingxing Mining District"),
        ("130635", "Li County"),
        ("130681", "Zhuozhou City"),
        ("130631", "Wangdu County"),
        ("130502", "Xiangdu District"),
        ("130102", "Chang'an District"),
        ("130321", "Qinglong Manchu Autonomous County"),
        ("130100", "Shijiazhuang"),
        ("610000", "Shaanxi"),
        ("140000", "Shanxi"),
    ],
)
def test_english_names_follow_the_local_reading(code, name_en):
    assert regions_on(EDITION)[code].name_en == name_en


def test_every_source_is_explained_beside_the_file():
    readme = (Path(region_data.__file__).parent / "data" / "README.md").read_text(encoding="utf-8")

    assert {row.source for row in region_rows()} == set(
        re.findall(r"^\| `([a-z0-9-]+)` \| [^|]*\|$", readme, re.M)
    ) - {
        "code",
        "level",
        "parent",
        "source",
    }
    assert "MIT License" in readme
