"""Standings that follow marks as they come in: one changed entry costs its own evaluation and one pass over its item.

What other entries gave is kept: their values, keys, hashes, and each row whose place did not change. Where a node looks at the whole
field (points by rank), everybody is taken on from that node. The result is the same, byte for byte, as ranking all facts anew.
"""

from bisect import insort
from collections.abc import Iterable, Sequence
from typing import NamedTuple

import msgspec

from scoring.decimals import exact_arithmetic
from scoring.evaluation.compiled import compile_plan
from scoring.evaluation.facts import EntryFacts
from scoring.evaluation.fieldwise import finish
from scoring.evaluation.measuring import Work, begin
from scoring.plans.plan import Plan
from scoring.ranking.fingerprints import facts_hash, field_hash
from scoring.ranking.ordering import Line, compare, plan_ordering
from scoring.ranking.standings import Place, StandingRow, Standings, bound, placed, row_of


class _Stood(NamedTuple):
    line: Line
    place: Place
    row: StandingRow


class LiveStandings:
    """One item's standings, kept up to date. Not for use by two threads at once."""

    def __init__(self, plan: Plan, facts: Iterable[EntryFacts]) -> None:
        """Errors as `rank`."""
        self._plan, self._compiled, self._order = plan, compile_plan(plan), plan_ordering(plan)
        self._entries: list[str] = []
        self._hashes: dict[str, tuple[str, str]] = {}
        self._begun: dict[str, Work] = {}
        self._lines: dict[str, Line] = {}
        self._stood: dict[str, _Stood] = {}
        self.standings = self.update(*facts)

    def update(self, *changed: EntryFacts) -> Standings:
        """Take in what is now known of these entries, new ones too. Raises ValueError for contradictions, and changes nothing then."""
        if len({facts.entry for facts in changed}) < len(changed):
            raise ValueError("An entry is given twice.")
        with exact_arithmetic():
            works = [begin(self._compiled, facts, self._order.wanted) for facts in changed]
            for work in works:
                entry = work.facts.entry
                if entry not in self._hashes:
                    insort(self._entries, entry)
                self._hashes[entry] = (entry, facts_hash(work.facts))
            self.standings = self._stand(works)
        return self.standings

    def remove(self, *entries: str) -> Standings:
        """Leave these entries out. Raises KeyError for one that is not there, and changes nothing then."""
        for entry in entries:
            self._hashes[entry]
        for entry in entries:
            self._entries.remove(entry)
            for known in (self._hashes, self._lines, self._stood, self._begun):
                known.pop(entry, None)
        with exact_arithmetic():
            self.standings = self._stand([])
        return self.standings

    def _stand(self, changed: Sequence[Work]) -> Standings:
        if self._compiled.fields:
            self._begun |= {work.facts.entry: work for work in changed}
            changed = [_copied(work) for work in self._begun.values()]
            finish(self._compiled, changed)
        for work in changed:
            line = compare(self._order, self._compiled, work.facts, work.tally)
            self._lines[line.entry] = line
        lines = list(self._lines.values())
        stood = [self._row(line, place) for line, place in placed(self._plan, self._order, lines)]
        self._stood = {each.line.entry: each for each in stood}
        # In the order of the rows, so that the next sort finds nearly everything in its place.
        self._lines = {each.line.entry: each.line for each in stood}
        hashes = [self._hashes[entry] for entry in self._entries]
        rows = [each.row for each in stood]
        input_hash = field_hash(self._compiled.hash, hashes)
        return bound(self._plan, self._compiled, self._order, lines, rows, input_hash)

    def _row(self, line: Line, place: Place) -> _Stood:
        before = self._stood.get(line.entry)
        if before is not None and before.line is line and before.place == place:
            return before
        return _Stood(line, place, row_of(self._compiled, self._order, line, place))


def _copied(work: Work) -> Work:
    """Work to go on with, while the original stays where the field begins to matter."""
    tally = work.tally
    fresh = msgspec.structs.replace(
        tally, exact=dict(tally.exact), value=dict(tally.value), void=dict(tally.void), open=set(tally.open)
    )
    return work._replace(tally=fresh)
