"""Which entries are checked once more: pure, so that whoever has the seed and the standing can draw the sample again.

Algorithm `sha256-order:1`, as the draw of stations: the rest is put in the order of SHA-256 over the seed and the entry's id as outsiders
see it, and the first ones are taken. Source: DOMAIN 6, all of the top n or top p %, at least 15 % of the rest.
"""

import hashlib
from collections.abc import Iterable, Sequence
from decimal import ROUND_CEILING, Decimal

from api.contests.rules import RecheckRule
from scoring import StandingRow

ALGORITHM = "sha256-order:1"
SEED_BYTES = 32
HUNDRED = Decimal(100)


def top_entries(rule: RecheckRule, rows: Iterable[StandingRow]) -> list[str]:
    """Entries within the first ranks; whoever shares the last of them is within."""
    ranked = [(row.entry, row.rank) for row in rows if row.rank is not None]
    most = max(rule.top or 0, share(rule.top_percent, len(ranked)))
    return [entry for entry, rank in ranked if rank <= most]


def ranked_entries(rows: Iterable[StandingRow]) -> list[str]:
    """Everybody who has a rank."""
    return [row.entry for row in rows if row.rank is not None]


def drawn_entries(rule: RecheckRule, seed: bytes, rest: Sequence[str]) -> list[str]:
    """The part of the rest that is drawn, at least the share that the rule names."""
    ordered = sorted(rest, key=lambda entry: hashlib.sha256(seed + entry.encode()).digest())
    return ordered[: share(rule.rest_percent, len(ordered))]


def share(percent: Decimal | None, of: int) -> int:
    """So many per cent of a number, rounded up: at least the share."""
    if percent is None:
        return 0
    return int((percent * of / HUNDRED).to_integral_value(ROUND_CEILING))


def too_many(errors: int, of: int, percent: Decimal) -> bool:
    """Whether the errors are more than so many per cent, exactly. Of the whole sample, so that it cannot become fewer again."""
    return errors * HUNDRED > percent * of
