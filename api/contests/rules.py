"""A contest's rules as data: who goes up to the next tier, and which awards it gives. A change is a new revision."""

from uuid import UUID

import msgspec

from api.plumbing.db import Connection
from scoring import AwardRule, QuotaRule


class ContestRules(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """`quota` holds for every item that `quotas` (by item code) does not name; None: nobody goes up from it."""

    quota: QuotaRule | None = None
    quotas: dict[str, QuotaRule] = {}
    awards: tuple[AwardRule, ...] = ()

    def quota_of(self, item_code: str) -> QuotaRule | None:
        """The quota of one item."""
        return self.quotas.get(item_code, self.quota)


RULES_OF_CONTEST = """/* contests.rules_of_contest */
SELECT revision, document FROM contest_rules WHERE contest_id = $1 ORDER BY revision DESC LIMIT 1
"""

_decoder = msgspec.json.Decoder(ContestRules)


async def rules_of_contest(connection: Connection, contest_id: UUID) -> tuple[int, ContestRules]:
    """The newest revision with its number; revision 0 and no rules where none has been set."""
    row = await connection.fetchrow(RULES_OF_CONTEST, contest_id)
    return (row["revision"], _decoder.decode(row["document"])) if row else (0, ContestRules())
