"""People of a season and their entries: registered the way the registration room registers them, so that it knows them again."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from itertools import pairwise
from typing import Final, NamedTuple
from uuid import UUID

from api.people.documents import mask_number
from api.plumbing.crypto import Cipher
from api.plumbing.ids import encode_id
from api.simulation.contests import Held, Item
from api.simulation.keys import Keys
from api.simulation.people import Worker, workers
from api.simulation.rows import Rows

ABSENT_EVERY: Final = 61
"""One in so many does not come on the day."""

_HIRED: Final = date(2018, 7, 1)
_CERTIFIED: Final = date(2019, 5, 20)
_REVIEWS: Final = ("draft", "at_unit", "at_organiser", "at_committee", "accepted")


class Candidate(NamedTuple):
    """Somebody who may enter: the number of the person, what they can do, where they work, who sends them, by which slot."""

    number: int
    ability: int
    unit: str
    delegation: str | None
    slot: str | None = None


class Entrant(NamedTuple):
    """An accepted entry. `code` is its id as scoring knows it; who is absent has nothing else."""

    id: str
    code: str
    candidate: Candidate
    absent: bool


class Registry:
    """Writes people, and entries by item; numbers entries as they come."""

    def __init__(
        self, rows: Rows, keys: Keys, cipher: Cipher, season_id: str, seed: int, final: date
    ) -> None:
        self._rows, self._keys, self._cipher, self._season_id = rows, keys, cipher, season_id
        self._seed, self._final = seed, final
        self._entries = 0

    def people(
        self, first: int, count: int, firms: Sequence[tuple[str, str]], trade: str, delegation: str | None
    ) -> Iterator[Candidate]:
        """Persons `first` … with employment and skill level, as first registered."""
        for worker in workers(self._seed, first, count, on=self._final, employers=len(firms)):
            unit = firms[worker.employer][0]
            self._person(worker, unit, trade)
            yield Candidate(worker.number, worker.ability, unit, delegation)

    def person_id(self, number: int) -> str:
        """The key of a person."""
        return self._keys.ordered("person", number)

    def enter(
        self,
        held: Held,
        item: Item,
        candidates: Sequence[Candidate],
        *,
        officials: dict[str, tuple[int, ...]] | None = None,
        absences: bool = False,
        states: Sequence[str] = ("accepted",),
    ) -> list[Entrant]:
        """Entries of an item in the states given in turn; gives those accepted. `officials`: leader and coach by delegation."""
        entrants = []
        prefix = item.code[:2].upper()
        for place, candidate in enumerate(candidates):
            state = states[place % len(states)]
            key = self._keys.ordered("entry", self._entries)
            absent = absences and self._entries % ABSENT_EVERY == ABSENT_EVERY // 2
            number = f"{prefix}-{place + 1:04d}" if state == "accepted" else None
            steps = self._reviews(held, key, state)
            self._rows.add(
                "entry", key, self._season_id, held.id, item.id, candidate.delegation, candidate.unit, number, state,
                "absent" if absent else "present", candidate.slot, held.crew.organiser, held.times.opens + timedelta(hours=1),
                steps + absent + 1,
            )  # fmt: skip
            self._members(key, item.id, candidate, (officials or {}).get(candidate.delegation or "", ()))
            if absent:
                self._rows.add(
                    "entry_standing_change", key, 1, "present", "absent", "开赛后未到场。", held.crew.organiser,
                    held.times.marking + timedelta(minutes=15),
                )  # fmt: skip
            if state == "accepted":
                entrants.append(Entrant(key, encode_id("entry", UUID(key)), candidate, absent))
            self._entries += 1
        return entrants

    def _person(self, worker: Worker, unit: str, trade: str) -> None:
        """As `prepare_person` and `store_people` of the people room: the same index, cipher context and mask."""
        person, version, job = (
            self._keys.ordered(kind, worker.number) for kind in ("person", "version", "employment")
        )
        index = self._cipher.blind_index("document:id_card", worker.id_number)
        cipher = self._cipher.encrypt(worker.id_number, f"document:{index.hex()}")
        add = self._rows.add
        add("person", person, _CERTIFIED)
        add(
            "person_document",
            person,
            "id_card",
            cipher,
            mask_number(worker.id_number),
            index,
            self._cipher.algorithm,
        )
        add(
            "person_version", version, person, 1, worker.name, worker.sort_key, worker.sex, worker.born, worker.education,
            _CERTIFIED,
        )  # fmt: skip
        add("employment", job, person, unit, worker.post, worker.front_line, True, None, _HIRED)
        add("skill_level", person, trade, worker.skill_level, f"SIM-{worker.number:010d}", _CERTIFIED)

    def _reviews(self, held: Held, entry: str, state: str) -> int:
        """The way of an entry to its state; gives the number of steps."""
        returned = state == "returned"
        way = _REVIEWS[:2] if returned else _REVIEWS[: _REVIEWS.index(state) + 1]
        at = held.times.opens + timedelta(hours=2)
        for seq, (before, after) in enumerate(pairwise(way), 1):
            self._rows.add(
                "entry_transition",
                entry,
                seq,
                before,
                after,
                None,
                held.crew.organiser,
                at + timedelta(days=seq - 1),
            )
        if returned:
            reason = "职业资格证书编号与证书照片不一致，请核对后重新提交。"
            self._rows.add(
                "entry_transition",
                entry,
                2,
                "at_unit",
                "returned",
                reason,
                held.crew.organiser,
                at + timedelta(days=1),
            )
        return len(way) - 1 + returned

    def _members(self, entry: str, item: str, candidate: Candidate, officials: tuple[int, ...]) -> None:
        people = ((candidate.number, "contestant"), *zip(officials, ("leader", "coach"), strict=False))
        for position, (number, role) in enumerate(people, 1):
            self._rows.add(
                "entry_member", entry, position, item, role,
                *(self._keys.ordered(kind, number) for kind in ("person", "version", "employment")),
            )  # fmt: skip
