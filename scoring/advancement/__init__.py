"""Advancement: from standings and a quota rule to who goes up, who stands by and who is out, each with reasons.

It decides what follows from a rule. It does not offer a place, ask anybody, or look at a clock.
"""

from scoring.advancement.rules import CapCase, Composition, QuotaRule
from scoring.advancement.selection import SlotProposal, select
from scoring.advancement.verdicts import SlotOutcome

__all__ = ["CapCase", "Composition", "QuotaRule", "SlotOutcome", "SlotProposal", "select"]
