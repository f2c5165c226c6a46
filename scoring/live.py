"""Standings that follow marks as they come in: one changed entry costs its own evaluation and one pass over its item.

What other entries gave is kept: their values, keys, hashes, and each row whose place did not change. The result is the same,
byte for byte, as ranking all facts anew.
"""

from bisect import insort
from collections.abc import Iterable
from typing import NamedTuple

from scoring.compiled import compile_plan
from scoring.decimals import exact_arithmetic
from scoring.facts import EntryFacts
from scoring.fingerprints import facts_hash, field_hash
from scoring.ordering import Line, compare, plan_ordering
from scoring.plans import Plan
from scoring.standings import Place, StandingRow, Standings, bound, placed, row_of, tallies


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
        self._lines: dict[str, Line] = {}
        self._stood: dict[str, _Stood] = {}
        self.standings = self._update(tuple(facts))

    def update(self, *changed: EntryFacts) -> Standings:
        """Take in what is now known of these entries, new ones too. Raises ValueError and changes nothing if it contradicts itself."""
        self.standings = self._update(changed)
        return self.standings

    def remove(self, *entries: str) -> Standings:
        """Leave these entries out. Raises KeyError for one that is not there."""
        for entry in entries:
            del self._lines[entry], self._hashes[entry]
            self._entries.remove(entry)
            self._stood.pop(entry, None)
        self.standings = self._stand()
        return self.standings

    def _update(self, changed: tuple[EntryFacts, ...]) -> Standings:
        with exact_arithmetic():
            measured = [
                (compare(self._order, self._compiled, facts, tally), facts_hash(facts))
                for facts, tally in tallies(self._compiled, self._order.wanted, changed)
            ]
        for line, fingerprint in measured:
            if line.entry not in self._hashes:
                insort(self._entries, line.entry)
            self._lines[line.entry] = line
            self._hashes[line.entry] = (line.entry, fingerprint)
        return self._stand()

    def _stand(self) -> Standings:
        lines = list(self._lines.values())
        with exact_arithmetic():
            stood = [self._row(line, place) for line, place in placed(self._plan, self._order, lines)]
        self._stood = {each.line.entry: each for each in stood}
        # In the order of the rows, so that the next sort finds nearly everything in its place.
        self._lines = {each.line.entry: each.line for each in stood}
        hashes = [self._hashes[entry] for entry in self._entries]
        return bound(
            self._plan,
            self._compiled,
            self._order,
            lines,
            [each.row for each in stood],
            field_hash(self._compiled.hash, hashes),
        )

    def _row(self, line: Line, place: Place) -> _Stood:
        before = self._stood.get(line.entry)
        if before is not None and before.line is line and before.place == place:
            return before
        return _Stood(line, place, row_of(self._compiled, self._order, line, place))
