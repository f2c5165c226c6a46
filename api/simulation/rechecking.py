"""The recheck of a finished item: the sample as the control room draws it, and that everything in it was found right."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

import msgspec

from api.contests.rules import RecheckRule
from api.control.sampling import ALGORITHM, drawn_entries, ranked_entries, top_entries
from api.simulation.chains import Ledger, Payload
from api.simulation.entering import Entrant
from api.simulation.keys import Keys
from api.simulation.rows import Rows
from scoring import EntryFacts, StandingRow


class Checkers(NamedTuple):
    """Who draws the sample and who checks it: not whoever marked."""

    draws: str
    checks: str


class Rechecker:
    """Writes samples of first snapshots."""

    def __init__(self, rows: Rows, keys: Keys, season_id: str) -> None:
        self._rows, self._keys, self._season_id = rows, keys, season_id

    def write(
        self,
        item: str,
        rule: RecheckRule,
        standing: Sequence[StandingRow],
        entrants: Mapping[str, Entrant],
        facts: Sequence[EntryFacts],
        ledger: Ledger,
        who: Checkers,
        at: datetime,
    ) -> None:
        """Draw the sample and record every check of it at `at`; `facts` are complete."""
        recheck = self._keys.scattered(f"recheck/{item}", 0, 1)
        seed = self._keys.salt(f"recheck/{item}", 1) + self._keys.salt(f"recheck/{item}", 2)
        top = top_entries(rule, standing)
        rest = drawn_entries(rule, seed, [each for each in ranked_entries(standing) if each not in set(top)])
        text = msgspec.json.encode(rule).decode()
        self._rows.add("recheck", recheck, self._season_id, item, 1, 1, text, ALGORITHM, seed, who.draws, at)
        drawn: Payload = {"snapshot": 1, "seed": seed.hex(), "top": len(top), "drawn": len(rest)}
        ledger.append("recheck.drawn", recheck, drawn, who.draws, at)
        marks = {each.entry: len(each.marks) + len(each.imported) for each in facts}
        for because, entries in (("top", top), ("drawn", rest)):
            for entry in entries:
                key = entrants[entry].id
                self._rows.add("recheck_entry", recheck, key, because, at)
                self._rows.add("recheck_result", recheck, key, 1, "ok", None, marks[entry], who.checks, at)
                checked: Payload = {"line": entry, "outcome": "ok", "note": None, "facts": marks[entry]}
                ledger.append("recheck.ok", recheck, checked, who.checks, at)
