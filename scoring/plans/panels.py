"""How the values of several judges become one."""

from decimal import Decimal
from typing import Literal, TypeAlias

from scoring.documents import Document, Rounding

PanelMethod: TypeAlias = Literal[
    "mean", "trimmed_mean", "median", "sum", "middle", "majority", "consensus", "sub_panels"
]


class Panel(Document, frozen=True, kw_only=True):
    """The judges of a node and the method that makes one value of theirs.

    | method | value |
    | --- | --- |
    | mean, trimmed_mean | mean after dropping `drop_high` highest and `drop_low` lowest marks; one method under the name the notice gives it |
    | sum | sum after the same dropping |
    | median | the middle mark, or the mean of the two in the middle |
    | middle | mean of the `middle` marks in the middle; where the cut is uneven, one mark more is dropped on the side `uneven` |
    | majority | mean of the largest group of marks that lie within `spread` of each other, if more than half of the marks are in it; else the plain mean. Of groups as large the closest, then the highest |
    | consensus | the mean, if all marks lie within `spread`; else there is no value until the judges agree, and the panel is listed as missing |
    | sub_panels | mean of the values of the sub-panels; each by the rule `each`. A judge's sub-panel is the part of the id before "/" (A/1, B/1) |

    `total` "sum" with the method `middle` adds the middle marks instead of averaging them (diving).

    `size` seats are planned, with sub-panels all of them together. With fewer than `plain_below` marks nothing is dropped.
    A panel is complete when each seated judge answered everything and at least `minimum` judges (default: all of `size` but
    those recused) did. A judge's blank is not a zero, and a recused judge is not seated for that entry. `fill` "mean" puts the mean of the others in the place of a seated judge who
    is recused (for sums); "none" leaves the place out. `rounding` rounds the panel's value; without it the node's own does,
    and with both the node's rounds each judge's value first. Source: DOMAIN §3.

    A judge may answer with a state instead of a value. When more than half of the seats make the node void so, the panel's
    value is void (of several states the one named most, then the gravest); otherwise those sheets do not count.
    """

    size: int
    method: PanelMethod = "mean"
    drop_high: int = 0
    drop_low: int = 0
    plain_below: int = 3
    minimum: int | None = None
    rounding: Rounding | None = None
    middle: int | None = None
    uneven: Literal["high", "low"] = "high"
    total: Literal["mean", "sum"] = "mean"
    spread: Decimal | None = None
    each: "Panel | None" = None
    fill: Literal["none", "mean"] = "none"
