"""The places left while entries are taken from the top: per value of a column, per composition, and overall.

Entries of one rank are settled together. Places kept for a composition go to the best who fit; nobody else may take them.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import TypeAlias

from scoring.advancement.rules import Composition, QuotaRule
from scoring.advancement.verdicts import Verdict
from scoring.entrants import Reason
from scoring.terms import DELEGATION, column_of, fits

Key: TypeAlias = tuple[str, str]
_Group: TypeAlias = tuple[Key, int, Reason]


class Room:
    """`waiting` are all who have not been settled yet, best first; whoever is settled leaves them."""

    def __init__(self, rule: QuotaRule, places: int | None, waiting: Iterable[Verdict]) -> None:
        self.rule = rule
        self.places = self.left = places
        self.taken: Counter[Key] = Counter()
        self.needs = Counter({at: each.at_least for at, each in enumerate(rule.composition) if each.at_least})
        self.waiting = list(waiting) if self.needs else []

    def admit(self, level: Sequence[Verdict]) -> None:
        """Settle the entries of one rank; ranks come from the top."""
        if self.waiting:
            settled = {each.entry for each in level}
            self.waiting = [each for each in self.waiting if each.entry not in settled]
        self._keep_reserved(level)
        for (key, limit, full), members in self._groups(level):
            standing = [each for each in members if each.standing]
            room = max(0, limit - self.taken[key])
            if sum(each.holds for each in standing) > room:
                self.taken[key] += self._settle(standing, room, full)
        if self.left is not None:
            self._fill([each for each in level if each.standing], self.left)
        for verdict in level:
            if verdict.standing and verdict.holds:
                self._count(verdict)

    def _keep_reserved(self, level: Sequence[Verdict]) -> None:
        """Nobody takes a place that is kept for whoever fits a composition further down."""
        if self.left is None or self.left <= 0 or not self.kept_back:
            return
        zh = "剩余名额按构成要求留给其他选手。"
        en = "The places that are left are kept for others by the required composition."
        for verdict in level:
            if verdict.standing and self.left - 1 < self._reserve([verdict]):
                verdict.end("out", Reason("reserved", zh, en))

    def _groups(self, level: Sequence[Verdict]) -> Iterator[tuple[_Group, list[Verdict]]]:
        """The limits that entries of this rank share, with those who share them; in a fixed order."""
        groups: dict[Key, tuple[_Group, list[Verdict]]] = {}
        for verdict in level:
            for group in _limits(self.rule, verdict):
                groups.setdefault(group[0], (group, []))[1].append(verdict)
        for key in sorted(groups):
            yield groups[key]

    def _fill(self, level: list[Verdict], left: int) -> None:
        """Give the places that are left overall."""
        zh, en = f"{self.places} 个晋级名额已满。", f"No place is left of the {self.places} that go up."
        full = Reason("quota_full", zh, en)
        if left <= 0:
            for verdict in level:
                verdict.end("out", full)
        elif self._too_many(level, left):
            chosen: list[Verdict] = []
            for verdict in sorted(level, key=lambda each: -len(self._helps(each, self.needs))):
                if not self._too_many([*chosen, verdict], left):
                    chosen.append(verdict)
            self.left = left - self._settle(level, sum(each.holds for each in chosen), full)

    def _too_many(self, level: Sequence[Verdict], left: int) -> bool:
        holders = [each for each in level if each.holds]
        return left - len(holders) < self._reserve(holders)

    def _settle(self, level: list[Verdict], room: int, full: Reason) -> int:
        """More entries of one rank than places. Gives how many places are lost (−1: one more)."""
        rank = level[0].rank
        if room == 0:
            for verdict in level:
                verdict.end("out", full)
        elif self.rule.tie == "one_more" and len(level) == room + 1:
            zh = f"第 {rank} 名并列，按规则增加一个名额。"
            for verdict in level:
                en = f"Rank {rank} is shared; by rule there is one more place."
                verdict.reasons += (Reason("one_more", zh, en),)
            return -1
        elif self.rule.tie == "none":
            zh = f"第 {rank} 名并列且超出名额，按规则均不晋级。"
            en = f"Rank {rank} is shared across the last place; by rule none of them goes up."
            for verdict in level:
                verdict.end("out", Reason("tie_not_admitted", zh, en))
            return room
        else:
            zh = f"第 {rank} 名并列 {len(level)} 个，剩余名额 {room} 个，须先裁定。"
            en = f"Rank {rank} is shared by {len(level)} entries, the number of places left is {room}; this must be decided first."
            for verdict in level:
                verdict.end("open", Reason("open_tie", zh, en))
                verdict.holds, room = verdict.holds and room > 0, room - verdict.holds
        return 0

    def _count(self, verdict: Verdict) -> None:
        self.left = None if self.left is None else self.left - 1
        self.taken.update(key for key, _, _ in _limits(self.rule, verdict))
        self.needs.subtract(self._helps(verdict, self.needs))

    @property
    def kept_back(self) -> bool:
        """Whether a composition still lacks somebody."""
        return any(need > 0 for need in self.needs.values())

    def _helps(self, verdict: Verdict, needs: Counter[int]) -> list[int]:
        """The compositions that still need an entry like this one."""
        return [at for at, need in needs.items() if need > 0 and _fits(self.rule.composition[at], verdict)]

    def _reserve(self, chosen: Sequence[Verdict]) -> int:
        """The places to keep for those further down once these are in: the best who fit, and the ones nobody fits."""
        if not self.kept_back:
            return 0
        needs, taken = Counter(self.needs), Counter(self.taken)
        for verdict in chosen:
            needs.subtract(self._helps(verdict, needs))
            taken.update(key for key, _, _ in _limits(self.rule, verdict))
        kept = 0
        inside = {each.entry for each in chosen}
        for verdict in self.waiting:
            if not any(need > 0 for need in needs.values()):
                break
            limits = list(_limits(self.rule, verdict))
            if (
                verdict.standing
                and verdict.entry not in inside
                and self._helps(verdict, needs)
                and all(taken[key] < limit for key, limit, _ in limits)
            ):
                kept += 1
                needs.subtract(self._helps(verdict, needs))
                taken.update(key for key, _, _ in limits)
        empty = [
            need for at, need in needs.items() if need > 0 and self.rule.composition[at].unfilled == "empty"
        ]
        return kept + sum(empty)


def _fits(composition: Composition, verdict: Verdict) -> bool:
    return column_of(verdict.entrant, composition.column) in composition.values


def _limits(rule: QuotaRule, verdict: Verdict) -> Iterator[_Group]:
    """The limits that this entry counts against, with the sentence for when they are reached."""
    entrant = verdict.entrant
    if rule.per_delegation is not None and entrant.delegation is not None:
        yield _delegation(entrant.delegation, rule.per_delegation)
    for by in rule.cap_columns():
        value = column_of(entrant, by)
        cases = [each.most for each in rule.cap_cases if each.by == by and fits(each.where, entrant)]
        most = cases[0] if cases else rule.caps.get(by)
        if value is None or most is None:
            continue
        if by == DELEGATION:
            yield _delegation(value, most)
            continue
        zh, en = f"同一“{by}”的 {most} 个名额已满。", f"No place is left of the {most} for one “{by}”."
        yield ("column:" + by, value), most, Reason("cap_full", zh, en)
    for at, each in enumerate(rule.composition):
        if each.at_most is not None and _fits(each, verdict):
            zh = f"按构成要求，这类选手最多 {each.at_most} 个，已满。"
            en = f"By the required composition at most {each.at_most} of this kind go up, and they are complete."
            yield ("composition", str(at)), each.at_most, Reason("composition_full", zh, en)


def _delegation(value: str, most: int) -> _Group:
    zh, en = f"代表队的 {most} 个名额已满。", f"The delegation has no place left of its {most}."
    return ("delegation", value), most, Reason("delegation_full", zh, en)
