"""The places left while entries are taken from the top: per value of a column, per composition, and overall.

Entries of one rank are settled together. Places kept for a composition go to the best who fit. Nobody else may take them, not even
by using up the cap of the one it is kept for; but whoever goes in on another place may use it up, and then that one fits no more.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from itertools import islice
from typing import Final, TypeAlias

from scoring.advancement.rules import Composition, QuotaRule
from scoring.advancement.verdicts import Verdict
from scoring.entrants.people import Reason
from scoring.entrants.terms import DELEGATION, column_of, fits

_COLUMN: Final = "column:"
_COMPOSITION: Final = "composition"
Key: TypeAlias = tuple[str, str]
Limit: TypeAlias = tuple[Key, int]


class Room:
    """`waiting` are all who have not been settled yet, best first; whoever is settled leaves them."""

    def __init__(self, rule: QuotaRule, places: int | None, waiting: Iterable[Verdict]) -> None:
        self.rule = rule
        self.places = self.left = places
        self.taken: Counter[Key] = Counter()
        self.needs = Counter({at: each.at_least for at, each in enumerate(rule.composition) if each.at_least})
        self.waiting = list(waiting) if self.needs else []
        self.settled = 0
        self._kept: int | None = None

    def admit(self, level: Sequence[Verdict]) -> None:
        """Settle the entries of one rank; ranks come from the top."""
        if self.waiting and not level[0].seeded:
            self.settled += len(level)
            if any(self._helps(each, self.needs) for each in level):
                self._kept = None
        self._keep_reserved(level)
        for (key, limit), members in self._groups(level):
            standing = [each for each in members if each.standing]
            room = max(0, limit - self.taken[key])
            if sum(each.holds for each in standing) > room:
                self._kept = None
                self.taken[key] += self._settle(standing, room, _full(key, limit))
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
            if verdict.standing and self._short([verdict], self.left):
                verdict.end("out", Reason("reserved", zh, en))

    def _groups(self, level: Sequence[Verdict]) -> list[tuple[Limit, list[Verdict]]]:
        """The limits that entries of this rank share, with those who share them; in a fixed order."""
        groups: dict[Key, tuple[Limit, list[Verdict]]] = {}
        for verdict in level:
            for limit in self._limits(verdict):
                groups.setdefault(limit[0], (limit, []))[1].append(verdict)
        return [groups[key] for key in sorted(groups)]

    def _limits(self, verdict: Verdict) -> tuple[Limit, ...]:
        if verdict.limits is None:
            verdict.limits = tuple(_limits(self.rule, verdict))
        return verdict.limits

    def _fill(self, level: list[Verdict], left: int) -> None:
        """Give the places that are left overall."""
        if left <= 0:
            for verdict in level:
                verdict.end("out", self._all_full)
        elif level and self._too_many(level, left):
            chosen: list[Verdict] = []
            for verdict in sorted(level, key=lambda each: -len(self._helps(each, self.needs))):
                if not self._too_many([*chosen, verdict], left):
                    chosen.append(verdict)
            self.left = left - self._settle(level, sum(each.holds for each in chosen), self._all_full)

    @cached_property
    def _all_full(self) -> Reason:
        zh, en = f"{self.places} 个晋级名额已满。", f"No place is left of the {self.places} that go up."
        return Reason("quota_full", zh, en)

    def _too_many(self, level: Sequence[Verdict], left: int) -> bool:
        return self._short([each for each in level if each.holds], left)

    def _short(self, chosen: Sequence[Verdict], left: int) -> bool:
        """Whether these would leave fewer places than have to be kept."""
        rest = left - len(chosen)
        # No more is ever kept than is needed; to count it exactly means to look down the field.
        if rest < 0 or rest >= sum((+self.needs).values()):
            return rest < 0
        # Compositions that cannot all be met any more hold up nobody who meets one of them.
        hopeless = self._reserve(()) > left and all(self._helps(each, self.needs) for each in chosen)
        # Who meets no composition takes no kept place by using up the cap of whoever it is kept for.
        helping = [each for each in chosen if self._helps(each, self.needs)]
        return not hopeless and rest < max(self._reserve(chosen), self._reserve(helping))

    def _settle(self, level: list[Verdict], room: int, full: Reason) -> int:
        """More entries of one rank than places. Gives how many places are lost (−2: two more)."""
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
        elif self.rule.tie == "all":
            zh = f"第 {rank} 名并列，按规则全部晋级。"
            for verdict in level:
                verdict.reasons += (
                    Reason("all_equal", zh, f"Rank {rank} is shared; by rule all of them go up."),
                )
            return room - sum(each.holds for each in level)
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
        limits, helps = self._limits(verdict), self._helps(verdict, self.needs)
        self.taken.update(key for key, _ in limits)
        self.needs.subtract(helps)
        if limits or helps:
            self._kept = None

    @property
    def kept_back(self) -> bool:
        """Whether a composition still lacks somebody."""
        return any(need > 0 for need in self.needs.values())

    def _helps(self, verdict: Verdict, needs: Counter[int]) -> list[int]:
        """The compositions that still need an entry like this one."""
        return [at for at, need in needs.items() if need > 0 and _fits(self.rule.composition[at], verdict)]

    def _reserve(self, chosen: Sequence[Verdict]) -> int:
        """The places to keep for those further down once these are in: the best who fit, and the ones nobody fits."""
        if all(not self._limits(each) and not self._helps(each, self.needs) for each in chosen):
            # Whoever counts against nothing changes nothing below: a large field asks this for nearly everybody.
            if self._kept is None:
                self._kept = self._count_kept(())
            return self._kept
        return self._count_kept(chosen)

    def _count_kept(self, chosen: Sequence[Verdict]) -> int:
        needs, taken = Counter(self.needs), Counter(self.taken)
        for verdict in chosen:
            needs.subtract(self._helps(verdict, needs))
            taken.update(key for key, _ in self._limits(verdict))
        kept = 0
        for verdict in islice(self.waiting, self.settled, None):
            if not any(need > 0 for need in needs.values()):
                break
            limits, helps = self._limits(verdict), self._helps(verdict, needs)
            if verdict.standing and helps and all(taken[key] < limit for key, limit in limits):
                kept += 1
                needs.subtract(helps)
                taken.update(key for key, _ in limits)
        empty = [
            need for at, need in needs.items() if need > 0 and self.rule.composition[at].unfilled == "empty"
        ]
        return kept + sum(empty)


def _fits(composition: Composition, verdict: Verdict) -> bool:
    return column_of(verdict.entrant, composition.column) in composition.values


def _limits(rule: QuotaRule, verdict: Verdict) -> Iterator[Limit]:
    """The limits that this entry counts against."""
    entrant = verdict.entrant
    if rule.per_delegation is not None and entrant.delegation is not None:
        yield (DELEGATION, entrant.delegation), rule.per_delegation
    for by in rule.cap_columns():
        value = column_of(entrant, by)
        cases = [each.most for each in rule.cap_cases if each.by == by and fits(each.where, entrant)]
        most = cases[0] if cases else rule.caps.get(by)
        if value is not None and most is not None:
            yield (DELEGATION if by == DELEGATION else _COLUMN + by, value), most
    for at, each in enumerate(rule.composition):
        if each.at_most is not None and _fits(each, verdict):
            yield (_COMPOSITION, str(at)), each.at_most


def _full(key: Key, most: int) -> Reason:
    """The sentence for a limit that is reached."""
    kind = key[0]
    if kind == DELEGATION:
        zh, en = f"代表队的 {most} 个名额已满。", f"The delegation has no place left of its {most}."
        return Reason("delegation_full", zh, en)
    if kind == _COMPOSITION:
        zh = f"按构成要求，这类选手最多 {most} 个，已满。"
        en = f"By the required composition at most {most} of this kind go up, and they are complete."
        return Reason("composition_full", zh, en)
    by = kind.removeprefix(_COLUMN)
    zh, en = f"同一“{by}”的 {most} 个名额已满。", f"No place is left of the {most} for one “{by}”."
    return Reason("cap_full", zh, en)
