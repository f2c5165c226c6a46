"""An award rule as data: which places, who may have them, and what may not be held beside it."""

from decimal import Decimal
from typing import Literal, TypeAlias

import msgspec

from scoring.awards.conditions import Condition
from scoring.awards.ladders import Ladder
from scoring.documents import Document
from scoring.entrants.people import Level
from scoring.entrants.terms import ONE, FieldBase, Floor, Share, ShareRounding, Where, check_share, part_of

Authority: TypeAlias = Literal["union", "hrss", "industry"]
FieldKind: TypeAlias = Literal["trade", "item", "group", "contest"]


class Cut(Document, frozen=True, kw_only=True):
    """A number of places: fixed, or a share of the field (0.1 = 10 %) rounded, at least `minimum`, at most `places`.

    `out_of` makes the share a fraction (2 out of 3). `up_to`: this band and those above it end at that share of the field; with
    nothing else it takes all the places up to there. Raises ValueError if it names nothing, or a share outside 0–1.
    """

    places: int | None = None
    share: Decimal | None = None
    rounding: ShareRounding = "floor"
    minimum: int = 1
    out_of: Decimal = ONE
    up_to: Share | None = None

    def __post_init__(self) -> None:
        named = (self.places, self.share, self.up_to)
        if all(each is None for each in named) or (self.places is not None and self.places < 1):
            raise ValueError("A cut needs a number of places from 1 up, or a share of the field.")
        if self.share is not None:
            check_share(self.share, self.out_of)

    def size(self, field: int, start: int = 0) -> int:
        """Places in a field of so many entries, of which the bands above take `start`."""
        limits = [] if self.places is None else [self.places]
        if self.share is not None:
            limits.append(max(part_of(self.share, self.out_of, field, self.rounding), self.minimum))
        if self.up_to is not None:
            limits.append(max(0, self.up_to.size(field) - start))
        return min(limits)


class CutCase(Document, frozen=True, kw_only=True):
    """The cut for contests of these classes and teams of these sizes; what is not named is not asked."""

    cut: Cut
    classes: tuple[str, ...] = ()
    team_sizes: tuple[int, ...] = ()


class CheckItem(Document, frozen=True, kw_only=True):
    """An item of a checklist that a person has to answer for everybody proposed. `Member.checks` holds the answers."""

    code: str
    title: str
    title_en: str = ""


class AwardCap(Document, frozen=True, kw_only=True):
    """At most `most` awards of this batch for one person, one entry, or one value of a column (delegation, unit …).

    `awards` are the ones that count, this one among them; empty: all. Those proposed earlier come first.
    """

    by: str = "person"
    most: int = 1
    awards: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.most < 1:
            raise ValueError("A cap on awards is at least 1.")


class AwardRule(Document, frozen=True, kw_only=True):
    """One award as data. Raises ValueError where it names no places, or a level condition without a level.

    | field | meaning |
    | --- | --- |
    | cut, cases | the places; `cases` by class and team size come first, and without a fitting one nobody gets any |
    | above | the bands that take their places first (rank 4–10 = 7 places above which 1 + 2 lie) |
    | base | what shares and the minimum field count |
    | classes, team_sizes, where | which contests and entries it is for |
    | minimum_total, floors | what total and parts must reach |
    | conditions, minimum_level, barred_honours, checklist | what each person must fulfil; `barred_honours`: honours held that rule it out |
    | excludes | awards of the same batch beside which this one is not given to the same entry |
    | caps, total | at most so many per person, entry or column; at most so many over all fields, better ranks first |
    | deciding_items | for a trade with several items, the one whose standings decide |
    | tie | at the last place: "report" leaves it to a person, "widen" takes all who are equal |
    | after_tie | where a tie above reaches into these places: "decide" asks a person, "skip" leaves them empty (no silver after shared gold), "shift" gives all of them to those behind |
    | level_target, ladder | a promotion to one level, or by the cases of a ladder; a ladder without a cut looks at the whole field |
    """

    code: str
    version: int
    name: str
    name_en: str = ""
    authority: Authority
    field: FieldKind
    cut: Cut | None = None
    above: tuple[Cut, ...] = ()
    conditions: tuple[Condition, ...] = ()
    minimum_field: int = 0
    back_fill: bool = False
    tie: Literal["report", "widen"] = "report"
    excludes: frozenset[str] = frozenset()
    level_target: Level | None = None
    deciding_items: dict[str, str] = msgspec.field(default_factory=dict)
    cases: tuple[CutCase, ...] = ()
    base: FieldBase = "present"
    classes: tuple[str, ...] = ()
    team_sizes: tuple[int, ...] = ()
    where: Where = msgspec.field(default_factory=dict)
    minimum_total: Decimal | None = None
    floors: tuple[Floor, ...] = ()
    minimum_level: Level | None = None
    barred_honours: tuple[str, ...] = ()
    checklist: tuple[CheckItem, ...] = ()
    caps: tuple[AwardCap, ...] = ()
    total: int | None = None
    after_tie: Literal["decide", "skip", "shift"] = "decide"
    ladder: Ladder | None = None

    def __post_init__(self) -> None:
        if "level_below_target" in self.conditions and self.level_target is None:
            raise ValueError(
                f"The condition level_below_target of award rule {self.code} needs a level_target."
            )
        if self.cut is None and not self.cases and self.ladder is None:
            raise ValueError(f"Award rule {self.code} needs a cut, cases or a ladder.")
        if self.ladder is not None and self.level_target is not None:
            raise ValueError(f"Award rule {self.code} promotes to one level or by a ladder, not both.")
        if self.total is not None and self.total < 1:
            raise ValueError(f"The total of award rule {self.code} is at least 1.")
