"""Awards: from standings, award rules and what is known of people to proposals, each with its facts and reasons.

It proposes. It grants nothing, refuses nothing for good, and takes no unknown fact for a yes or a no.
"""

from scoring.awards.fields import (
    AwardField,
    AwardOutcome,
    AwardProposal,
    RuleRefused,
    deciding_standings,
)
from scoring.awards.proposing import propose
from scoring.awards.rules import (
    Authority,
    AwardCap,
    AwardRule,
    CheckItem,
    Cut,
    CutCase,
    FieldKind,
)

__all__ = [
    "Authority",
    "AwardCap",
    "AwardField",
    "AwardOutcome",
    "AwardProposal",
    "AwardRule",
    "CheckItem",
    "Cut",
    "CutCase",
    "FieldKind",
    "RuleRefused",
    "deciding_standings",
    "propose",
]
