"""Down the award ranks of one field: who is in line for the places of a band, and what ties at its edges do."""

from collections import Counter
from collections.abc import Iterator, Mapping
from itertools import groupby

import msgspec

from scoring.awards.batch import ENTRIES, PEOPLE, cap_value
from scoring.awards.fields import AwardOutcome
from scoring.awards.judging import Case, Judged, judge_entry
from scoring.awards.rules import Cut
from scoring.entrants.people import Entrant, Reason
from scoring.ranking.standings import StandingRow, Standings


class Claim(msgspec.Struct):
    """One entry in line for a place: the answers of its contestants, and what the place itself adds to them."""

    row: StandingRow
    people: list[Judged]
    place: Reason
    to_decide: bool = False
    back_filled: bool = False

    @property
    def refused(self) -> bool:
        """Nobody of the entry may have the award."""
        return all(each.outcome == "not_eligible" for each in self.people)


class Level(msgspec.Struct, frozen=True):
    """The entries of one award rank, which take the places `begin` + 1 to `end` of those who may have awards."""

    rank: int
    rows: tuple[StandingRow, ...]
    begin: int
    end: int


def levels_of(standings: Standings) -> list[Level]:
    """All award ranks from the top. Places are counted, since 1 2 2 3 numbers them otherwise."""
    rows = sorted((row for row in standings.rows if row.award_rank), key=lambda row: row.award_rank or 0)
    levels: list[Level] = []
    for rank, group in groupby(rows, key=lambda row: row.award_rank or 0):
        begin = levels[-1].end if levels else 0
        together = tuple(group)
        levels.append(Level(rank, together, begin, begin + len(together)))
    return levels


def claims_of(case: Case, cut: Cut, standings: Standings, known: Mapping[str, Entrant]) -> list[Claim]:
    """Walk down the award ranks until the places are gone."""
    levels = levels_of(standings)
    start = _start(case, levels)
    left = places = cut.size(case.size, start)
    back_fill = case.rule.back_fill and not case.too_small
    claims: list[Claim] = []
    for level in levels:
        # A tie may reach across the upper edge too: then only some of its places belong to this award.
        span = level.end - max(start, level.begin)
        if span <= 0:
            continue
        if left <= 0:
            break
        if level.begin < start and case.rule.after_tie == "skip":
            left -= span
            continue
        here = [_claim(case, row, level, start, places, known.get(row.entry)) for row in level.rows]
        standing = [claim for claim in here if not claim.refused]
        room = min(left, span)
        if len(standing) > room:
            _settle_tie(case, standing, level, start, room)
        _settle_caps(case, standing, known)
        for claim in standing:
            entrant = known.get(claim.row.entry) or Entrant(entry=claim.row.entry)
            case.batch.add(case.rule, entrant, outcomes(claim))
        claims += here
        # A refused entry uses up its place unless the rule lets it pass on.
        left -= min(len(standing), room) if back_fill else span
    return claims


def outcomes(claim: Claim) -> Iterator[tuple[str | None, AwardOutcome]]:
    """Each person of the claim and what is proposed, a tie that is to be decided included."""
    for each in claim.people:
        yield each.person, "needs_person" if claim.to_decide and each.outcome == "eligible" else each.outcome


def _start(case: Case, levels: list[Level]) -> int:
    """How many places the bands above take. With "shift" each of them grows by the tie at its end."""
    start = 0
    for cut in case.rule.above:
        start += cut.size(case.size, start)
        if case.rule.after_tie == "shift":
            start = next((level.end for level in levels if level.begin < start < level.end), start)
    return start


def _claim(
    case: Case, row: StandingRow, level: Level, start: int, places: int, entrant: Entrant | None
) -> Claim:
    """One entry within reach of a place, judged person by person."""
    people = judge_entry(case, row, entrant)
    first, last = start + 1, start + places
    for each in people:
        each.facts["places"] = f"{first}-{last}"
    if level.begin >= last:
        zh = f"排名第 {level.rank}，前面有人不符合条件，按规则递补。"
        en = f"Rank {level.rank} moves up by rule, because somebody ahead is not eligible."
        return Claim(row, people, Reason("back_filled", zh, en), back_filled=True)
    zh = f"排名第 {level.rank}，在本奖第 {first} 至第 {last} 名的范围之内。"
    en = f"Rank {level.rank} is within ranks {first} to {last} of this award."
    return Claim(row, people, Reason("within_places", zh, en))


def _settle_tie(case: Case, standing: list[Claim], level: Level, start: int, room: int) -> None:
    """More equal entries than places: widen by rule, or leave all of them to a person."""
    count = len(standing)
    for claim in standing:
        if case.rule.tie == "widen" and level.begin >= start:
            zh = f"第 {level.rank} 名并列，按规则扩大名额，全部列入。"
            en = f"Rank {level.rank} is shared; by rule all who share it are included."
            claim.place = Reason("tie_widened", zh, en)
        else:
            zh = f"第 {level.rank} 名并列 {count} 个，本奖只有 {room} 个名额可分，须先裁定。"
            en = f"Rank {level.rank} is shared by {count} entries and places left here are {room}; a person must decide first."
            claim.place, claim.to_decide = Reason("open_tie", zh, en), True


def _settle_caps(case: Case, standing: list[Claim], known: Mapping[str, Entrant]) -> None:
    """Equal entries of one unit, and fewer awards left for it: a person must say who."""
    for cap in case.rule.caps:
        if cap.by in {PEOPLE, ENTRIES}:
            continue
        values = {
            claim.row.entry: cap_value(cap, known[claim.row.entry], None)
            for claim in standing
            if claim.row.entry in known
        }
        sharing = Counter(values.values())
        for claim in standing:
            value = values.get(claim.row.entry)
            if value is not None and sharing[value] > cap.most - case.batch.counted(cap, value)[1]:
                zh = f"第 {claim.row.award_rank} 名并列，同一限额不够，须先裁定。"
                en = f"Rank {claim.row.award_rank} is shared by more entries than one limit allows; a person must decide first."
                claim.place, claim.to_decide = Reason("cap_tie", zh, en), True
