"""From results to ranks: competition ranking 1, 2, 2, 4, and why each entry stands where it stands.

Two ranks: `rank` counts everyone who competed, `award_rank` only those who may take an award (an entry hors concours has
none, and the next ones move up). An entry that is absent, withdrew, came late, was disqualified or lost its score is
shown without rank, with its state. A criterion that is unknown comes last.
"""

import hashlib
from collections.abc import Iterable, Sequence
from decimal import Decimal
from functools import lru_cache
from itertools import pairwise
from typing import Final, Literal, TypeAlias

import msgspec

from scoring.compiled import CompiledPlan, compile_plan
from scoring.decimals import exact_arithmetic, plain
from scoring.facts import EntryFacts, EntryState
from scoring.plans import Plan
from scoring.results import Tally, measure

Compared: TypeAlias = tuple[Decimal | None, ...]

_STATE_ORDER: Final[dict[EntryState, int]] = {
    "present": 0,
    "score_cancelled": 1,
    "disqualified": 2,
    "late": 3,
    "withdrew": 4,
    "absent": 5,
}


class StandingRow(msgspec.Struct, frozen=True, kw_only=True):
    """One entry. `values` are the rounded values on and above the panels; `compared` answers `Standings.order`.

    `decided_by` is the criterion that put this row behind the one above it, which `against` names; both are None for
    the first row and for a row that shares the rank of the one above.
    """

    entry: str
    state: EntryState
    hors_concours: bool
    rank: int | None
    award_rank: int | None
    shared: bool
    total: Decimal | None
    values: dict[str, Decimal]
    compared: Compared
    decided_by: str | None
    against: str | None
    complete: bool
    answered: int
    expected: int

    @property
    def provisional(self) -> bool:
        """There is a total, and answers still open may change it."""
        return self.total is not None and not self.complete


class Standings(msgspec.Struct, frozen=True, kw_only=True):
    """One item's order of all entries, and the hash of everything it was made from.

    `order` holds the keys of the ranking criteria, `field` the number of entries that are present, `complete` says
    that no answer of theirs is open.
    """

    plan_code: str
    plan_version: int
    plan_hash: str
    input_hash: str
    order: tuple[str, ...]
    field: int
    complete: bool
    rows: tuple[StandingRow, ...]


class OpenTie(msgspec.Struct, frozen=True):
    """Entries that share `rank` across a boundary: more of them than places left."""

    rank: int
    places: int
    entries: tuple[str, ...]


class _Line(msgspec.Struct):
    facts: EntryFacts
    tally: Tally
    compared: Compared
    sort_key: tuple[tuple[int, Decimal], ...]


def rank(plan: Plan, facts: Iterable[EntryFacts]) -> Standings:
    """Standings of these entries. Raises InvalidPlan; ValueError for a repeated entry or contradicting facts."""
    compiled = compile_plan(plan)
    with exact_arithmetic():
        lines = _lines(plan, compiled, facts)
        ranked = sorted(
            (
                line
                for line in lines
                if line.facts.state == "present" and compiled.keys[0] in line.tally.value
            ),
            key=lambda line: (line.sort_key, line.facts.entry),
        )
        rows = [*_ranked_rows(compiled, ranked), *_unranked_rows(compiled, lines, ranked)]
        present = [line for line in lines if line.facts.state == "present"]
        return Standings(
            plan_code=plan.code,
            plan_version=plan.version,
            plan_hash=compiled.hash,
            input_hash=_input_hash(compiled, lines),
            order=tuple(tie.key for tie in compiled.order),
            field=len(present),
            complete=all(compiled.keys[0] not in line.tally.open for line in present),
            rows=tuple(rows),
        )


def open_ties(
    standings: Standings, boundary: int, by: Literal["rank", "award_rank"] = "rank"
) -> tuple[OpenTie, ...]:
    """The tie that a cut after `boundary` places would run through: none or one."""
    groups: dict[int, list[str]] = {}
    for row in standings.rows:
        place = row.rank if by == "rank" else row.award_rank
        if place is not None:
            groups.setdefault(place, []).append(row.entry)
    return tuple(
        OpenTie(place, boundary - place + 1, tuple(entries))
        for place, entries in groups.items()
        if place <= boundary < place + len(entries) - 1
    )


def standings_bytes(standings: Standings) -> bytes:
    """Canonical JSON: equal facts under an equal plan give equal bytes, whatever order they came in."""
    return msgspec.json.encode(standings, order="deterministic")


def _lines(plan: Plan, compiled: CompiledPlan, facts: Iterable[EntryFacts]) -> list[_Line]:
    wanted = frozenset(tie.key for tie in compiled.order if tie.of == "node")
    lines = [_line(plan, compiled, wanted, each) for each in sorted(facts, key=lambda each: each.entry)]
    for first, second in pairwise(lines):
        if first.facts.entry == second.facts.entry:
            raise ValueError(f"Entry {first.facts.entry} is given twice.")
    return lines


def _line(plan: Plan, compiled: CompiledPlan, wanted: frozenset[str], facts: EntryFacts) -> _Line:
    tally = measure(compiled, facts, wanted)
    nodes = tally.exact if plan.rank_on == "exact" else tally.value
    compared: list[Decimal | None] = []
    sort_key = []
    for tie in compiled.order:
        match tie.of:
            case "node":
                value = nodes.get(tie.key)
            case "time":
                value = facts.times.get(tie.key)
            case "decision":
                value = None if facts.decision is None else Decimal(facts.decision)
        compared.append(value)
        # Unknown comes last in either direction.
        sort_key.append(
            (1, Decimal(0)) if value is None else (0, -value if tie.better == "higher" else value)
        )
    return _Line(facts, tally, tuple(compared), tuple(sort_key))


def _ranked_rows(compiled: CompiledPlan, ranked: Sequence[_Line]) -> Iterable[StandingRow]:
    place = award_place = competitors = 0
    for index, line in enumerate(ranked):
        ahead = ranked[index - 1] if index else None
        behind = ranked[index + 1] if index + 1 < len(ranked) else None
        level = ahead is not None and ahead.sort_key == line.sort_key
        if not level:
            place, award_place = index + 1, competitors + 1
        competitors += not line.facts.hors_concours
        yield _row(
            compiled,
            line,
            rank=place,
            award_rank=None if line.facts.hors_concours else award_place,
            shared=level or (behind is not None and behind.sort_key == line.sort_key),
            ahead=None if level else ahead,
        )


def _unranked_rows(
    compiled: CompiledPlan, lines: Sequence[_Line], ranked: Sequence[_Line]
) -> Iterable[StandingRow]:
    placed = {line.facts.entry for line in ranked}
    rest = [line for line in lines if line.facts.entry not in placed]
    rest.sort(key=lambda line: (_STATE_ORDER[line.facts.state], line.facts.entry))
    return (_row(compiled, line, rank=None, award_rank=None, shared=False, ahead=None) for line in rest)


def _row(
    compiled: CompiledPlan,
    line: _Line,
    *,
    rank: int | None,
    award_rank: int | None,
    shared: bool,
    ahead: _Line | None,
) -> StandingRow:
    facts, tally = line.facts, line.tally
    # A state other than present has no total: what was marked before stays in the facts and is not published.
    counts = facts.state == "present"
    values = (
        {key: compiled.shown(key, tally.value[key]) for key in compiled.above if key in tally.value}
        if counts
        else {}
    )
    return StandingRow(
        entry=facts.entry,
        state=facts.state,
        hors_concours=facts.hors_concours,
        rank=rank,
        award_rank=award_rank,
        shared=shared,
        total=values.get(compiled.keys[0]),
        values=values,
        compared=tuple(None if value is None else plain(value) for value in line.compared) if counts else (),
        decided_by=None if ahead is None else _decider(compiled, ahead, line),
        against=None if ahead is None else ahead.facts.entry,
        complete=compiled.keys[0] not in tally.open,
        answered=tally.answered,
        expected=tally.expected,
    )


def _decider(compiled: CompiledPlan, ahead: _Line, line: _Line) -> str:
    criteria = zip(compiled.order, ahead.sort_key, line.sort_key, strict=True)
    return next(tie.key for tie, theirs, ours in criteria if theirs != ours)


def _input_hash(compiled: CompiledPlan, lines: Sequence[_Line]) -> str:
    """Hash of the plan and of one hash per entry, so that one changed entry costs one entry."""
    entries = [(line.facts.entry, _facts_hash(line.facts)) for line in lines]
    return "sha256:" + hashlib.sha256(msgspec.json.encode((compiled.hash, entries))).hexdigest()


def _facts_hash(facts: EntryFacts) -> str:
    marks = sorted(
        [
            (mark.judge, mark.criterion, mark.state, "" if mark.value is None else _text(mark.value))
            for mark in facts.marks
            if mark.state != "cleared"
        ]
    )
    outside = [
        sorted((key, _text(value)) for key, value in each.items()) for each in (facts.imported, facts.times)
    ]
    panels = sorted((key, sorted(set(judges))) for key, judges in facts.panels.items())
    said = (facts.entry, facts.state, facts.hors_concours, facts.decision, panels, outside, marks)
    return hashlib.sha256(msgspec.json.encode(said)).hexdigest()


@lru_cache(maxsize=4096)
def _text(value: Decimal) -> str:
    # Marks stand on a grid of few values: 9.0 and 9.00 are equal, hash alike and share one text.
    return str(plain(value))
