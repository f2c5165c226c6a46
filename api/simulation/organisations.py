"""The tree of organisations of a season, its delegations, and the accounts of those who run its contests."""

from typing import Final, NamedTuple

from api.organisations.region_data import RegionRow
from api.simulation.figures import Delegation, Season
from api.simulation.keys import Keys
from api.simulation.people import employers_of
from api.simulation.rows import Rows

NATIONAL_BODY: Final = ("中华全国总工会", "All-China Federation of Trade Unions", "全国总工会")
FIRMS_OF_COUNTY: Final = 4
FIRMS_OF_LINE: Final = 2
JUDGES: Final = 5


class Crew(NamedTuple):
    """Accounts at one organisation: who runs its contests, and who marks in them."""

    organiser: str
    judges: tuple[str, ...]


class Host(NamedTuple):
    """An organisation that holds contests. `firms` are enterprises below it, where people work."""

    id: str
    name_zh: str
    name_en: str
    short_name: str
    crew: Crew
    firms: tuple[tuple[str, str], ...] = ()


class Tree(NamedTuple):
    """The organisations of a season. `counties` by code of the region, `cities` and `delegations` by code of the delegation."""

    national: str
    province: Host
    hrss: str
    city_hrss: dict[str, str]
    cities: dict[str, Host]
    counties: dict[str, Host]
    delegations: dict[str, str]


class TreeBuilder:
    """Writes organisations and accounts; numbers them as they come."""

    def __init__(self, rows: Rows, keys: Keys, first_account: int) -> None:
        self._rows, self._keys = rows, keys
        self._organisations, self._accounts = 0, first_account

    def build(self, season: Season, counties: set[str], national: str | None) -> Tree:
        """The tree with those counties that hold a contest. `national` is the root that the database has already, if any."""
        root = national or self._add(None, "national_body", None, None, *NATIONAL_BODY)
        name = ("河北省总工会", "Hebei Federation of Trade Unions", "河北省总工会")
        province_id = self._add(root, "federation", "province", "130000", *name)
        province = Host(province_id, *name, self._crew("hebei", "河北省", province_id, judges=0))
        # Not below the federation: an authority answers to nobody in the tree, it is asked.
        hrss = self._add(
            root, "authority", "province", "130000",
            "河北省人力资源和社会保障厅", "Hebei Department of Human Resources and Social Security", "河北省人社厅",
        )  # fmt: skip
        tree = Tree(root, province, hrss, {}, {}, {}, {})
        for delegation in season.delegations:
            if delegation.kind == "industry":
                tree.cities[delegation.code] = self._line(tree, delegation)
            else:
                self._region(tree, season, delegation, counties)
        return tree

    def delegate(self, tree: Tree, season: Season, season_id: str) -> None:
        """Who sends teams to the final, as the season has them."""
        for position, each in enumerate(season.delegations, 1):
            key = tree.delegations[each.code] = self._keys.ordered("delegation", position)
            self._rows.add(
                "delegation", key, season_id, each.kind, tree.cities[each.code].id, each.region, each.name_zh, each.name_en,
                each.short, position,
            )  # fmt: skip

    def _region(self, tree: Tree, season: Season, delegation: Delegation, counties: set[str]) -> None:
        name = (
            f"{delegation.name_zh}总工会",
            f"{delegation.name_en} Federation of Trade Unions",
            f"{delegation.short}总工会",
        )
        key = self._add(tree.province.id, "federation", "city", delegation.region, *name)
        tree.cities[delegation.code] = Host(
            key, *name, self._crew(delegation.code, delegation.short, key, judges=JUDGES)
        )
        tree.city_hrss[delegation.code] = self._add(
            tree.hrss, "authority", "city", delegation.region,
            f"{delegation.name_zh}人力资源和社会保障局", f"{delegation.name_en} Bureau of Human Resources and Social Security",
            f"{delegation.short}人社局",
        )  # fmt: skip
        for county in season.counties_of(delegation):
            if county.code in counties:
                tree.counties[county.code] = self._county(key, county)

    def _county(self, city: str, county: RegionRow) -> Host:
        name = (
            f"{county.name_zh}总工会",
            f"{county.name_en} Federation of Trade Unions",
            f"{county.name_zh}总工会",
        )
        key = self._add(city, "federation", "base", county.code, *name)
        firms = self._firms(key, county.name_zh, county.name_en, county.code, FIRMS_OF_COUNTY)
        return Host(key, *name, self._crew(county.code, county.name_zh, key, judges=JUDGES), firms)

    def _line(self, tree: Tree, delegation: Delegation) -> Host:
        name = (
            f"河北省{delegation.name_zh}工会",
            f"{delegation.name_en} Union of Hebei",
            f"河北{delegation.short}工会",
        )
        key = self._add(tree.province.id, "industry_line", "province", "130000", *name)
        firms = self._firms(key, f"河北{delegation.short}", delegation.name_en, "130000", FIRMS_OF_LINE)
        return Host(key, *name, self._crew(delegation.code, delegation.short, key, judges=0), firms)

    def _firms(self, parent: str, zh: str, en: str, region: str, count: int) -> tuple[tuple[str, str], ...]:
        return tuple(
            (
                self._add(
                    parent, "enterprise", "base", region, firm.name_zh, firm.name_en, firm.short_name[:16]
                ),
                firm.name_zh,
            )
            for firm in employers_of(zh, en, count)
        )

    def _add(self, parent: str | None, kind: str, tier: str | None, region: str | None, *name: str) -> str:
        key = self._keys.ordered("organisation", self._organisations)
        self._organisations += 1
        # The path is the trigger's: it reads the parent's, which an earlier line of the same COPY has written.
        self._rows.add("organisation", key, parent, "{}", kind, tier, region, name[0], name[1], name[2][:16])
        return key

    def _crew(self, code: str, name: str, organisation: str, *, judges: int) -> Crew:
        organiser = self._account(f"sim-{code}", f"{name}经办人", organisation)
        self._rows.add(
            "access_grant", self._keys.ordered("grant", self._accounts), organiser, "organiser", "organisation", organisation,
            None, "2021-01-01",
        )  # fmt: skip
        marking = tuple(
            self._account(f"sim-{code}-judge-{number}", f"{name}裁判{number}", organisation)
            for number in range(1, judges + 1)
        )
        return Crew(organiser, marking)

    def _account(self, login: str, name: str, organisation: str) -> str:
        key = self._keys.ordered("account", self._accounts)
        self._accounts += 1
        self._rows.add("account", key, login, name, None, organisation)
        return key
