"""What every document of scoring shares: immutable, no unknown fields, defaults left out when it is written."""

from decimal import Decimal
from typing import Literal, TypeAlias

import msgspec

from scoring.decimals import RoundingMode

Better: TypeAlias = Literal["higher", "lower"]


class Document(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """A piece of a plan, a scheme or a rule."""


class Rounding(Document, frozen=True, kw_only=True):
    """Decimals to keep, and how. Chinese notices mean half-up when they say 四舍五入.

    `step` rounds to whole multiples of it instead (0.25, 5); `digits` are then the decimals that are shown.
    """

    digits: int = 2
    mode: RoundingMode = "half_up"
    step: Decimal | None = None


class Benchmark(Document, frozen=True, kw_only=True):
    """What one value of a criterion means: a short word (良好) and a sentence, in both languages."""

    value: Decimal
    word: str = ""
    word_en: str = ""
    text: str = ""
    text_en: str = ""


class Band(Document, frozen=True, kw_only=True):
    """Points for a value from `low` to `high`, both included; None is no bound on that side."""

    points: Decimal
    low: Decimal | None = None
    high: Decimal | None = None


class Point(Document, frozen=True, kw_only=True):
    """One corner of a broken line: at the value `at` the points are `points`."""

    at: Decimal
    points: Decimal
