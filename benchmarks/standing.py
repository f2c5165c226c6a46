"""Claim: one changed mark costs its item alone: a 12-criterion sheet of five judges is evaluated anew in ≤ 1 ms, 500 entries stand anew in
≤ 5 ms, and a million entrants are ranked from raw marks in memory that grows by some 100 bytes an entrant.

The floor is the same arithmetic in plain Decimal code that knows this one plan, and for standings a sort of the same 500 keys with the
neighbours compared. Ratios (floor ÷ ours) hold from machine to machine, milliseconds do not. Each size of field runs in processes of its
own, so that its peak memory is its own; what making the marks takes is measured apart and taken off.

    .venv/bin/python -m benchmarks.standing --sizes 1000,10000,100000
"""

import random
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from decimal import ROUND_HALF_UP, Decimal
from itertools import pairwise
from typing import ParamSpec

import click
import msgspec

from scoring import (
    EntryFacts,
    Imported,
    Judged,
    Mark,
    Panel,
    Part,
    Plan,
    Rounding,
    Sum,
    Tie,
    WeightedSum,
    evaluate,
    rank,
)
from scoring.ranking.live import LiveStandings
from scoring.ranking.standings import standings_bytes
from scoring.ranking.streams import rank_stream

P = ParamSpec("P")
JUDGES = tuple(f"J{n}" for n in range(1, 6))
CRITERIA = tuple(f"C{n:02}" for n in range(1, 13))
HALVES = tuple(Decimal(n) / 2 for n in range(21))
WHOLE = tuple(Decimal(n) for n in range(101))
CENT = Decimal("0.01")
FIELD = 500
SHEET_LIMIT, STANDING_LIMIT = 1.0, 5.0
SHEET_RATIO, STANDING_RATIO = 0.05, 0.05
MOST_BYTES = 160
TENFOLD, MOST_TIME = 10, 13.0

PLAN = Plan(
    code="bench",
    version=1,
    title="决赛",
    root=WeightedSum(
        key="total",
        title="总分",
        rounding=Rounding(),
        parts=(
            Part(weight=Decimal("0.3"), node=Imported(key="theory", title="理论", maximum=Decimal(100))),
            Part(
                weight=Decimal("0.7"),
                node=Sum(
                    key="practical",
                    title="实操",
                    parts=tuple(
                        Judged(key=key, title=key, maximum=Decimal(10), step=Decimal("0.5"))
                        for key in CRITERIA
                    ),
                    panel=Panel(size=5, method="trimmed_mean", drop_high=1, drop_low=1, rounding=Rounding()),
                ),
            ),
        ),
    ),
    ties=(
        Tie(key="total"),
        Tie(key="practical"),
        Tie(key="time", of="time", better="lower"),
        Tie(key="theory"),
    ),
)


class Grown(msgspec.Struct):
    """One size of field: seconds of this program alone, of plain code alone, and the highest memory beyond an empty run's."""

    entrants: int
    seconds: float
    floor_seconds: float
    memory: int

    @property
    def each(self) -> float:
        """Bytes an entrant."""
        return self.memory / self.entrants


def entrants(count: int) -> Iterator[EntryFacts]:
    """So many entries with 60 marks each, the same in every run."""
    draw = random.Random(1)
    for n in range(count):
        entry = f"E{n:07}"
        values = iter(draw.choices(HALVES, k=len(JUDGES) * len(CRITERIA)))
        yield EntryFacts(
            entry=entry,
            panels={"practical": JUDGES},
            imported={"theory": draw.choice(WHOLE)},
            times={"time": Decimal(draw.randint(3000, 7200))},
            marks=tuple(
                [Mark(entry, judge, key, "scored", next(values)) for judge in JUDGES for key in CRITERIA]
            ),
        )


def plain_key(facts: EntryFacts) -> tuple[Decimal, ...]:
    """What the plan says, by hand: lower is ahead."""
    sheets = dict.fromkeys(JUDGES, Decimal(0))
    for mark in facts.marks:
        if mark.value is not None:
            sheets[mark.judge] += mark.value
    middle = sorted(sheets.values())[1:-1]
    practical = (sum(middle, Decimal(0)) / len(middle)).quantize(CENT, ROUND_HALF_UP)
    theory = facts.imported["theory"]
    total = (theory * 30 / 100 + practical * 70 / 120).quantize(CENT, ROUND_HALF_UP)
    return -total, -practical, facts.times["time"], -theory


@click.command(help=__doc__)
@click.option(
    "--sizes", default="1000,10000,100000", show_default=True, help="Fields to rank from raw marks."
)
@click.option("--rounds", default=200, show_default=True, help="Marks that change, one after the other.")
@click.option("--one", hidden=True)
def main(sizes: str, rounds: int, one: str | None) -> None:
    if one is not None:
        what, size = one.split(":")
        click.echo(msgspec.json.encode(_run(what, int(size))))
        return
    held = _incremental(rounds)
    held &= _growth([int(size) for size in sizes.split(",") if size])
    sys.exit(0 if held else 1)


def _incremental(rounds: int) -> bool:
    """One mark after the other, and its floor in turn with it."""
    field = list(entrants(FIELD))
    live = LiveStandings(PLAN, field)
    ahead = sorted((plain_key(each), each.entry) for each in field)
    draw = random.Random(2)
    found: dict[str, list[float]] = {
        name: [] for name in ("sheet", "plain sheet", "standing", "plain standing")
    }
    for _ in range(rounds):
        at = draw.randrange(FIELD)
        marks = list(field[at].marks)
        changed = draw.randrange(len(marks))
        marks[changed] = msgspec.structs.replace(marks[changed], value=draw.choice(HALVES))
        facts = field[at] = msgspec.structs.replace(field[at], marks=tuple(marks))
        found["sheet"].append(_milliseconds(evaluate, PLAN, facts))
        found["plain sheet"].append(_milliseconds(plain_key, facts))
        found["standing"].append(_milliseconds(live.update, facts))
        keys = [(key, entry) for key, entry in ahead if entry != facts.entry]
        found["plain standing"].append(_milliseconds(_stand_plainly, keys, facts))
        ahead = keys
    assert standings_bytes(live.standings) == standings_bytes(rank(PLAN, field)), (
        "following differs from ranking anew"
    )
    sheet = _shown("sheet", found, SHEET_LIMIT, SHEET_RATIO)
    return _shown("standing", found, STANDING_LIMIT, STANDING_RATIO) and sheet


def _stand_plainly(keys: list[tuple[tuple[Decimal, ...], str]], facts: EntryFacts) -> list[int]:
    keys.append((plain_key(facts), facts.entry))
    keys.sort()
    ranks = [1]
    for place, (one, other) in enumerate(pairwise(keys), 2):
        ranks.append(ranks[-1] if one[0] == other[0] else place)
    return ranks


def _milliseconds(act: Callable[P, object], *given: P.args, **named: P.kwargs) -> float:
    began = time.perf_counter()
    act(*given, **named)
    return (time.perf_counter() - began) * 1000


def _shown(name: str, found: dict[str, list[float]], limit: float, least: float) -> bool:
    ours, floor = statistics.median(found[name]), statistics.median(found[f"plain {name}"])
    held = ours <= limit and floor / ours >= least
    click.echo(
        f"{name:<10} {ours:7.3f} ms (at most {limit:g})   floor {floor:7.3f} ms   ratio {floor / ours:5.2f} (at least {least:g})   "
        f"{'held' if held else 'NOT HELD'}"
    )
    return held


def _growth(sizes: list[int]) -> bool:
    click.echo(
        f"{'entrants':>9} {'seconds':>9} {'µs each':>9} {'floor s':>9} {'ratio':>6} {'MiB more':>9} {'bytes each':>10}"
    )
    found = []
    for size in sizes:
        each = _measured(size)
        found.append(each)
        click.echo(
            f"{size:>9,} {each.seconds:>9.2f} {each.seconds / size * 1e6:>9.1f} {each.floor_seconds:>9.2f} "
            f"{each.floor_seconds / each.seconds:>6.2f} {each.memory / 2**20:>9.1f} {each.each:>10.0f}"
        )
    steps = [(less, more) for less in found for more in found if more.entrants == TENFOLD * less.entrants]
    return not [step for step in steps if not _steady(*step)]


def _steady(less: Grown, more: Grown) -> bool:
    times = more.seconds / less.seconds
    # Of a small field the interpreter's own ups and downs are most of what is measured.
    lean = more.entrants < 100_000 or more.each <= MOST_BYTES
    held = times <= MOST_TIME and lean
    click.echo(
        f"{less.entrants:,} → {more.entrants:,}: {times:.1f} × the time (at most {MOST_TIME:g}), "
        f"{more.each:.0f} bytes an entrant (at most {MOST_BYTES} from 100,000 on): {'held' if held else 'NOT HELD'}"
    )
    return held


def _measured(size: int) -> Grown:
    made, empty = _alone("make", size)
    ours, memory = _alone("rank", size)
    plain, _ = _alone("plain", size)
    return Grown(size, ours - made, plain - made, memory - empty)


def _alone(what: str, size: int) -> tuple[float, int]:
    command = [sys.executable, "-m", "benchmarks.standing", "--one", f"{what}:{size}"]
    output = subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout
    return msgspec.json.decode(output, type=tuple[float, int])


def _run(what: str, size: int) -> tuple[float, int]:
    """Processor seconds, and the highest memory of this process in bytes."""
    began = time.process_time()
    match what:
        case "make":
            for _ in entrants(size):
                pass
        case "plain":
            keys = sorted((plain_key(each), each.entry) for each in entrants(size))
            assert len(keys) == size
        case _:
            counted = sum(1 for _ in rank_stream(PLAN, entrants(size)))
            assert counted == size
    return time.process_time() - began, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


if __name__ == "__main__":
    main()
