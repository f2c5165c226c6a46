"""What has been proposed so far in one batch: awards exclude each other, are capped, and decide promotions."""

from collections import Counter
from collections.abc import Iterable
from typing import Final

from scoring.awards.fields import AwardOutcome, AwardProposal
from scoring.awards.rules import AwardCap, AwardRule
from scoring.entrants.people import Entrant
from scoring.entrants.terms import column_of

PEOPLE: Final = "person"
ENTRIES: Final = "entry"


class Batch:
    """The proposals of the rules before, counted once per person, entry or value of a column."""

    def __init__(self) -> None:
        self.outcomes: dict[tuple[str, str, str], AwardOutcome] = {}
        self.codes: dict[str, None] = {}
        self._counts: dict[AwardOutcome, Counter[tuple[str, str, str]]] = {}

    def add(
        self, rule: AwardRule, entrant: Entrant, people: Iterable[tuple[str | None, AwardOutcome]]
    ) -> None:
        """Note what one entry and its people are proposed for."""
        best: AwardOutcome = "not_eligible"
        self.codes[rule.code] = None
        for person, outcome in people:
            if outcome == "not_eligible":
                continue
            best = outcome if best != "eligible" else best
            if person is not None:
                self._note(outcome, rule.code, PEOPLE, person)
        if best == "not_eligible":
            return
        self._note(best, rule.code, ENTRIES, entrant.entry)
        for name in sorted({"delegation", *entrant.columns}):
            value = column_of(entrant, name)
            if value is not None:
                self._count(best, rule.code, name, value)

    def _note(self, outcome: AwardOutcome, code: str, by: str, value: str) -> None:
        # A clear yes outweighs a question.
        if self.outcomes.get((code, by, value)) != "eligible":
            self.outcomes[code, by, value] = outcome
        self._count(outcome, code, by, value)

    def _count(self, outcome: AwardOutcome, code: str, by: str, value: str) -> None:
        self._counts.setdefault(outcome, Counter())[code, by, value] += 1

    def excluded(self, rule: AwardRule, entry: str) -> AwardOutcome | None:
        """Whether the entry is proposed for an award beside which this one is not given."""
        held = {self.outcomes.get((code, ENTRIES, entry)) for code in rule.excludes}
        return "eligible" if "eligible" in held else "needs_person" if "needs_person" in held else None

    def holds(self, code: str, entry: str, person: str | None) -> bool | None:
        """Whether the person (or the entry, without people) is proposed for an award; None while it is to be decided."""
        key = (code, ENTRIES, entry) if person is None else (code, PEOPLE, person)
        match self.outcomes.get(key):
            case "eligible":
                return True
            case "needs_person":
                return None
            case _:
                return False

    def counted(self, cap: AwardCap, value: str) -> tuple[int, int]:
        """How many awards under this cap are clear, and how many are clear or still to be decided."""
        codes = cap.awards or tuple(self.codes)
        clear, asked = (
            sum(self._counts.get(outcome, Counter())[code, cap.by, value] for code in codes)
            for outcome in ("eligible", "needs_person")
        )
        return clear, clear + asked


def cap_value(cap: AwardCap, entrant: Entrant, person: str | None) -> str | None:
    """Whose awards the cap counts; None where that is not known."""
    if cap.by == PEOPLE:
        return person
    return entrant.entry if cap.by == ENTRIES else column_of(entrant, cap.by)


def within_total(total: int, proposals: list[AwardProposal]) -> list[tuple[AwardProposal, str | None]]:
    """The proposals of one rule over all fields, with what its total says against them: nothing, tie or full."""
    claims: dict[tuple[str, str], int] = {}
    for each in proposals:
        if each.outcome != "not_eligible":
            claims[each.field, each.entry] = each.award_rank or 0
    verdict: dict[int, str | None] = {}
    taken = 0
    for rank, count in sorted(Counter(claims.values()).items()):
        verdict[rank] = "full" if taken >= total else "tie" if taken + count > total else None
        taken += count
    return [
        (each, None if each.outcome == "not_eligible" else verdict[each.award_rank or 0])
        for each in proposals
    ]
