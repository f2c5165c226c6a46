"""A contest's rules as data: who goes up to the next tier, which awards it gives, and how its marks are controlled.

A change is a new revision.
"""

from decimal import Decimal
from typing import Annotated
from uuid import UUID

import msgspec

from api.plumbing.db import Connection
from scoring import AwardRule, QuotaRule


class SpreadRule(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """How far the judges of a panel may lie apart, in the unit of the mark: absolute, never by deviation (DOMAIN 6).

    `criteria` by key goes before `criterion`, which holds for every one; `sheet` is for what the whole sheets come to.
    """

    criterion: Decimal | None = None
    criteria: dict[str, Decimal] = {}
    sheet: Decimal | None = None

    def __post_init__(self) -> None:
        """A limit is a distance."""
        _require_between(0, None, self.criterion, self.sheet, *self.criteria.values())


class RecheckRule(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Which results are checked once more before they are confirmed: all of the first `top` ranks, or of the first `top_percent` of
    the field (both: whichever is more), and `rest_percent` of the others by lot. More errors than `errors_percent`: all of them."""

    top: Annotated[int, msgspec.Meta(ge=1, le=10_000)] | None = None
    top_percent: Decimal | None = None
    rest_percent: Decimal = Decimal(15)
    errors_percent: Decimal = Decimal(5)

    def __post_init__(self) -> None:
        """Parts of a hundred."""
        _require_between(0, 100, self.top_percent, self.rest_percent, self.errors_percent)


# DOMAIN 6: of the rest no fewer than this are drawn.
LEAST_REST_PERCENT = Decimal(15)


class AvoidanceRule(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Avoidance 回避 beside the unit on the contest's first day: `years` before it count, too."""

    years: Annotated[int, msgspec.Meta(ge=0, le=20)] = 0
    one_judge_per_unit: bool = False


class ContestRules(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """`quota` holds for every item that `quotas` (by item code) does not name; None: nobody goes up from it. So do `spread` and
    `spreads`. Without `recheck` nothing is checked once more."""

    quota: QuotaRule | None = None
    quotas: dict[str, QuotaRule] = {}
    awards: tuple[AwardRule, ...] = ()
    spread: SpreadRule | None = None
    spreads: dict[str, SpreadRule] = {}
    recheck: RecheckRule | None = None
    avoidance: AvoidanceRule = AvoidanceRule()

    def spread_of(self, item_code: str) -> SpreadRule:
        """The limits of one item."""
        return self.spreads.get(item_code, self.spread) or SpreadRule()

    def quota_of(self, item_code: str) -> QuotaRule | None:
        """The quota of one item."""
        return self.quotas.get(item_code, self.quota)


def _require_between(least: int, most: int | None, *values: Decimal | None) -> None:
    for value in values:
        if value is None:
            continue
        if not value.is_finite() or value < least or (most is not None and value > most):
            raise ValueError(f"{value} is not between {least} and {most or 'any'}")


RULES_OF_CONTEST = """/* contests.rules_of_contest */
SELECT revision, document FROM contest_rules WHERE contest_id = $1 ORDER BY revision DESC LIMIT 1
"""

CONTEST_OF_ITEM = """/* contests.contest_of_item */
SELECT contest_id FROM item WHERE id = $1
"""

_decoder = msgspec.json.Decoder(ContestRules)


async def rules_of_contest(connection: Connection, contest_id: UUID) -> tuple[int, ContestRules]:
    """The newest revision with its number; revision 0 and no rules where none has been set."""
    row = await connection.fetchrow(RULES_OF_CONTEST, contest_id)
    return (row["revision"], _decoder.decode(row["document"])) if row else (0, ContestRules())


async def rules_of_item(connection: Connection, item_id: UUID) -> ContestRules:
    """The rules in force of the contest that an item belongs to."""
    contest_id = await connection.fetchval(CONTEST_OF_ITEM, item_id)
    return (await rules_of_contest(connection, contest_id))[1]
