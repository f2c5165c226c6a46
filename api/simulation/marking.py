"""Theory and practical of an item: sessions, draw, sheets and marks, every sheet with its hash chain."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from itertools import pairwise
from typing import Final, NamedTuple
from uuid import UUID

from api.judging import drawing
from api.judging.commands.theory import theory_digest, theory_hash
from api.judging.drawing import Place
from api.plumbing.ids import encode_id
from api.simulation.chains import Ledger, Payload, mark_link
from api.simulation.contests import Held, Item
from api.simulation.entering import Entrant
from api.simulation.keys import Keys
from api.simulation.people import judge_place, theory_mark
from api.simulation.practical import PRACTICAL
from api.simulation.rows import Rows
from scoring import EntryFacts, Mark, draws

STATIONS: Final = 30
"""Stations of one session."""

_SESSION: Final = timedelta(hours=4)
_COMMITTED_BEFORE: Final = timedelta(minutes=20)
_SECONDS_OF_SHEET: Final = 400
_SECONDS_OF_MARK: Final = 30
_WAY: Final = ("open", "submitted", "signed")


class Done(NamedTuple):
    """How far a judge is with a sheet."""

    marks: int
    state: str


class Drawn(NamedTuple):
    """A draw of stations: its key, and who works where."""

    id: str
    seed: bytes
    hash: bytes
    result: list[tuple[Place, str]]


class Marked(NamedTuple):
    """What was marked: facts for scoring, how many facts there are without theory, when the last session ended, under whom, as drawn."""

    facts: list[EntryFacts]
    number: int
    ended: datetime
    chief: str
    drawn: Drawn


Progress = Callable[[int, int], Done]


def all_signed(_station: int, _judge: int) -> Done:
    """Every sheet is full and signed."""
    return Done(-1, "signed")


class Marker:
    """Writes marks; numbers operations as they come."""

    def __init__(self, rows: Rows, keys: Keys, season_id: str, seed: int) -> None:
        self._rows, self._keys, self._season_id, self._seed = rows, keys, season_id, seed
        self._operations = 0

    def mark(
        self,
        held: Held,
        item: Item,
        entrants: Sequence[Entrant],
        judges: Sequence[str],
        ledger: Ledger,
        started: datetime,
        *,
        chief: int = 0,
        progress: Progress = all_signed,
        session_state: str = "closed",
        officer: str | None = None,
    ) -> Marked:
        """Everything that the judges (accounts, in the order of their codes) make of an item. Theory is `theory`'s.

        `officer`: the item is blind and they drew; who works where is left out, seed and links are for whoever seals them.
        """
        panel = self._panel(held, item, judges, chief)
        here = {entrant.code: entrant for entrant in entrants if not entrant.absent}
        sessions = [
            self._session(item, panel, position, started, session_state)
            for position in range(1, -(-len(here) // STATIONS) + 1)
        ]
        at = started - timedelta(hours=1)
        drawn = self._draw(
            item, list(here), sessions, at, officer or held.crew.organiser, None if officer else ledger
        )
        facts = [EntryFacts(entry=entrant.code, state="absent") for entrant in entrants if entrant.absent]
        count = len(facts) + len(entrants)
        for number, (place, code) in enumerate(drawn.result):
            session, begins = sessions[number // STATIONS]
            attempt = self._keys.scattered("attempt", item.ordinal, number)
            self._rows.add("attempt", attempt, self._season_id, item.id, session, drawn.id, place.station)
            if officer is None:
                self._rows.add("attempt_entry", attempt, item.id, here[code].id, drawn.id)
            bench = _Bench(item, panel, session, attempt, int(begins.timestamp()), place.station)
            marks = self._sheets(bench, here[code], progress, ledger)
            facts.append(EntryFacts(entry=code, marks=tuple(marks), panels={PRACTICAL: panel.codes}))
            count += 1 + len(marks)
        return Marked(facts, count, started + len(sessions) * _SESSION, judges[chief], drawn)

    def theory(
        self, item: Item, entrants: dict[str, Entrant], facts: Sequence[EntryFacts], account: str, at: datetime, ledger: Ledger
    ) -> None:  # fmt: skip
        """Write the theory marks that the facts hold, as one import."""
        account_id, links = UUID(account), []
        for each in facts:
            for node, value in each.imported.items():
                entry = entrants[each.entry].id
                links.append(theory_hash(b"", UUID(entry), node, 1, "scored", value, account_id, None))
                self._rows.add(
                    "theory_mark",
                    self._season_id,
                    entry,
                    node,
                    1,
                    item.id,
                    "scored",
                    value,
                    account,
                    at,
                    links[-1],
                )
        payload: Payload = {"marks": len(links), "corrections": 0, "digest": theory_digest(links)}
        ledger.append("theory.entered", item.id, payload, account, at)

    def theory_of(self, entrant: Entrant) -> Decimal:
        """What the entrant reached in theory."""
        return theory_mark(self._seed, entrant.candidate.number, entrant.candidate.ability)

    def _panel(self, held: Held, item: Item, judges: Sequence[str], chief: int) -> "_Panel":
        group = item.ordinal
        panel = self._keys.scattered("panel", group, 0)
        self._rows.add("panel", panel, self._season_id, item.id, "评分组")
        seats = []
        for position, account in enumerate(judges, 1):
            judge = self._keys.scattered("judge", group, position)
            code = f"{chr(ord('A') + held.items.index(item))}-{position:02d}"
            self._rows.add("judge", judge, held.id, account, code)
            self._rows.add("panel_judge", panel, judge, position, position - 1 == chief)
            self._rows.add(
                "access_grant", self._keys.scattered("grant", group, position), account, "judge", "contest", held.id, held.id,
                held.times.opens,
            )  # fmt: skip
            seats.append(_Seat(judge, code, account))
        return _Panel(panel, judges[chief], tuple(seats), tuple(sorted(seat.code for seat in seats)))

    def _session(
        self, item: Item, panel: "_Panel", position: int, started: datetime, state: str
    ) -> tuple[str, datetime]:
        begins = started + (position - 1) * _SESSION
        session = self._keys.scattered("session", item.ordinal, position)
        self._rows.add(
            "judging_session", session, self._season_id, item.id, item.practical_stage, panel.id, position, f"第{position}场",
            f"Session {position}", begins, begins + _SESSION, STATIONS, state,
        )  # fmt: skip
        return session, begins

    def _draw(
        self, item: Item, codes: list[str], sessions: list[tuple[str, datetime]], at: datetime, account: str, ledger: Ledger | None
    ) -> Drawn:  # fmt: skip
        """Who works where, drawn as the judging room draws it; only the seed is not by chance. Without a ledger the seed stays out."""
        draw = self._keys.ordered("draw", item.ordinal)
        seed = self._keys.salt("draw", item.ordinal) + self._keys.salt("draw again", item.ordinal)
        outside = [encode_id("session", UUID(session)) for session, _ in sessions]
        places = [Place(session, station) for session in outside for station in range(1, STATIONS + 1)]
        places = places[: len(codes)]
        result = drawing.drawn(seed, codes, places)
        digest = drawing.result_hash(drawing.ALGORITHM, seed, result)
        self._rows.add(
            "draw",
            draw,
            self._season_id,
            item.id,
            1,
            drawing.ALGORITHM,
            seed if ledger else None,
            digest,
            account,
            at,
        )
        payload: Payload = {
            "number": 1,
            "algorithm": drawing.ALGORITHM,
            "result": digest.hex(),
            "reason": None,
        }
        if ledger:
            # Before the draw, so that nobody could have chosen the seed by what it gives.
            committed: Payload = {
                "number": 1,
                "commitment": draws.commitment(seed).hex(),
                "list": draws.list_hash(codes, [place.text for place in places]).hex(),
            }
            ledger.append("draw.committed", draw, committed, account, at - _COMMITTED_BEFORE)
            ledger.append("draw.made", draw, payload, account, at)
        return Drawn(draw, seed, digest, result)

    def _sheets(self, bench: "_Bench", entrant: Entrant, progress: Progress, ledger: Ledger) -> list[Mark]:
        marks: list[Mark] = []
        for place, seat in enumerate(bench.panel.seats):
            done = progress(bench.station, place)
            number = bench.station * len(bench.panel.seats) + place
            sheet = self._keys.scattered(f"sheet/{bench.session}", bench.item.ordinal, number)
            wanted = len(bench.item.paper.lines) if done.marks < 0 else done.marks
            head = self._marks(bench, sheet, place, seat, entrant, wanted, marks)
            self._rows.add_line(
                "sheet",
                f"{sheet}\t{self._season_id}\t{bench.item.id}\t{bench.session}\t{bench.attempt}\t{seat.judge}\t{seat.account}\t"
                f"{bench.item.paper.id}\t{done.state}\t{wanted}\t\\\\x{head.hex()}",
            )
            if done.state != "open":
                self._closed(
                    bench, sheet, (seat.account, bench.panel.chief), Done(wanted, done.state), head, ledger
                )
        return marks

    def _marks(
        self, bench: "_Bench", sheet: str, place: int, seat: "_Seat", entrant: Entrant, wanted: int, marks: list[Mark]
    ) -> bytes:  # fmt: skip
        """The first `wanted` lines of one sheet; gives the head of its chain."""
        head = b""
        number, ability = entrant.candidate.number, entrant.candidate.ability
        at = bench.begins + bench.station * _SECONDS_OF_SHEET + place
        for seq, line in enumerate(bench.item.paper.lines[:wanted], 1):
            reached = judge_place(self._seed, number, place, line, ability)
            text = line.texts[reached]
            operation = self._keys.ordered("operation", self._operations)
            self._operations += 1
            at += _SECONDS_OF_MARK
            head = mark_link(head, sheet, seq, line.key, operation, text, seat.account, at, at + 1)
            self._rows.add_line(
                "mark_revision",
                f"{self._season_id}\t{sheet}\t{line.key}\t1\t{seq}\t{operation}\tscored\t{text}\t{seat.account}\t"
                f"{_clock(at)}\t{_clock(at + 1)}\t\\\\x{head.hex()}",
            )
            marks.append(Mark(entrant.code, seat.code, line.key, "scored", line.values[reached]))
        return head

    def _closed(
        self, bench: "_Bench", sheet: str, accounts: tuple[str, str], done: Done, head: bytes, ledger: Ledger
    ) -> None:
        """Submitted by its judge, signed by the chief."""
        at = bench.begins + (bench.station + 1) * _SECONDS_OF_SHEET
        for position, (before, after) in enumerate(pairwise(_WAY[: _WAY.index(done.state) + 1]), 1):
            account, moment = accounts[position - 1], at + 20 * position
            self._rows.add_line(
                "sheet_transition",
                f"{self._season_id}\t{sheet}\t{position}\t{before}\t{after}\t{done.marks}\t\\\\x{head.hex()}\t{account}\t{_clock(moment)}",
            )
            payload: Payload = {"from": before, "seq": done.marks, "head": head.hex(), "reason": None}
            ledger.append(f"sheet.{after}", sheet, payload, account, datetime.fromtimestamp(moment, UTC))


class _Seat(NamedTuple):
    judge: str
    code: str
    account: str


class _Panel(NamedTuple):
    id: str
    chief: str
    seats: tuple[_Seat, ...]
    codes: tuple[str, ...]


class _Bench(NamedTuple):
    """One station of one session."""

    item: Item
    panel: _Panel
    session: str
    attempt: str
    begins: int
    station: int


@lru_cache(maxsize=512)
def _day(number: int) -> str:
    return (datetime(1970, 1, 1) + timedelta(number)).date().isoformat()  # noqa: DTZ001 - a date only


@lru_cache(maxsize=86_400)
def _time(second: int) -> str:
    return f" {second // 3600:02d}:{second // 60 % 60:02d}:{second % 60:02d}+00"


def _clock(seconds: int) -> str:
    """An instant as COPY reads it, in UTC."""
    day, second = divmod(seconds, 86_400)
    return _day(day) + _time(second)
