"""Ways up as notices set them. Source: DOMAIN §1.

| preset | rule | not in the notice, so a parameter |
| --- | --- | --- |
| three_per_region | 3 of an item per region or unit | the column |
| two_with_preliminary | 2 teams where a region held its own preliminary, else 1 | the columns |
| non_public_firms | at least 3 from non-public firms | places in all, the column |
| posts | a fixed composition of posts | the posts |
| funnel | theory → top 16 → top 8 | |
| selection_of_15 | a field below 15 sends nobody | places |
"""

from collections.abc import Mapping

from scoring.advancement import CapCase, Composition, QuotaRule


def three_per_region(
    *, column: str = "region", places: int = 3, substitutes: int = 2
) -> tuple[QuotaRule, ...]:
    """The best three of an item from each region (or unit)."""
    return (
        QuotaRule(
            code="three-per-region",
            version=1,
            name="各地区前三名晋级",
            name_en="The best three of a region",
            caps={column: places},
            substitutes=substitutes,
        ),
    )


def two_with_preliminary(*, column: str = "region", held: str = "own_preliminary") -> tuple[QuotaRule, ...]:
    """Two teams of a region that held its own preliminary, one of any other."""
    two = CapCase(by=column, most=2, where={held: ("yes", "是")})
    return (
        QuotaRule(
            code="two-with-preliminary",
            version=1,
            name="举办选拔赛的地区两队，其余一队",
            name_en="Two teams after an own preliminary",
            caps={column: 1},
            cap_cases=(two,),
        ),
    )


def non_public_firms(
    *,
    places: int = 10,
    least: int = 3,
    column: str = "ownership",
    values: tuple[str, ...] = ("non_public", "非公有制"),
) -> tuple[QuotaRule, ...]:
    """At least three of those who go up come from non-public firms."""
    rule = Composition(
        column=column, values=values, at_least=least, title="非公有制企业", title_en="Non-public firms"
    )
    return (
        QuotaRule(
            code="non-public-firms",
            version=1,
            name="非公企业选手不少于规定数",
            name_en="A minimum from non-public firms",
            places=places,
            composition=(rule,),
        ),
    )


def posts(*, numbers: Mapping[str, int], column: str = "post") -> tuple[QuotaRule, ...]:
    """Exactly so many of each post."""
    fixed = tuple(
        Composition(column=column, values=(post,), at_least=number, at_most=number, title=post, title_en=post)
        for post, number in numbers.items()
    )
    return (
        QuotaRule(
            code="posts",
            version=1,
            name="按岗位构成选拔",
            name_en="A fixed composition of posts",
            places=sum(numbers.values()),
            composition=fixed,
        ),
    )


def funnel(*, steps: tuple[int, ...] = (16, 8)) -> tuple[QuotaRule, ...]:
    """One rule a stage: the theory lets 16 in, the next stage 8."""
    return tuple(
        QuotaRule(
            code=f"top-{places}",
            version=1,
            name=f"前 {places} 名晋级",
            name_en=f"Top {places}",
            places=places,
        )
        for places in steps
    )


def selection_of_15(*, places: int = 3, field: int = 15) -> tuple[QuotaRule, ...]:
    """A selection counts from a field of 15."""
    return (
        QuotaRule(
            code="selection",
            version=1,
            name="选拔赛",
            name_en="Selection",
            places=places,
            minimum_field=field,
        ),
    )
