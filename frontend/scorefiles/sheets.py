"""What the files have said so far, by stage and entry; and the facts that become of it."""

from decimal import Decimal

import msgspec

from scoring.entrants.people import Entrant
from scoring.evaluation.facts import EntryFacts, EntryState
from scoring.evaluation.marks import Mark
from scoring.plans.nodes import VoidState


class EntrySheet(msgspec.Struct):
    """One entry in one stage."""

    state: EntryState | None = None
    hors_concours: bool = False
    marks: list[Mark] = []
    imported: dict[str, Decimal] = {}
    states: dict[str, VoidState] = {}
    recused: dict[str, set[str]] = {}
    times: dict[str, Decimal] = {}
    params: dict[str, dict[str, Decimal]] = {}
    chosen: dict[str, tuple[str, ...]] = {}


class Person(msgspec.Struct):
    """What the file of entries says of an entry, in every stage."""

    name: str = ""
    state: EntryState | None = None
    hors_concours: bool = False
    lot: int | None = None
    decision: int | None = None
    times: dict[str, Decimal] = {}
    columns: dict[str, str] = {}
    entrant: Entrant | None = None


class Note(msgspec.Struct, frozen=True):
    """A reason that a row gave."""

    entry: str
    stage: str
    node: str
    attempt: str
    judge: str
    reason: str


class Sheets:
    """Everything the files say. With a file of entries, only those in it may have marks."""

    def __init__(self) -> None:
        self.people: dict[str, Person] = {}
        self.closed = False
        self.by_stage: dict[str, dict[str, EntrySheet]] = {}
        self.common: dict[str, dict[str, dict[str, Decimal]]] = {}
        self.notes: list[Note] = []

    def may_have(self, entry: str) -> bool:
        """Whether this entry takes part at all."""
        return not self.closed or entry in self.people

    def of(self, stage: str, entry: str) -> EntrySheet:
        """The sheet of an entry in a stage, made when it is first asked for."""
        sheets = self.by_stage.setdefault(stage, {})
        sheet = sheets.get(entry)
        if sheet is None:
            sheet = sheets[entry] = EntrySheet()
        return sheet

    def entries(self) -> list[str]:
        """Everybody, in the order of their names."""
        named = {entry for sheets in self.by_stage.values() for entry in sheets}
        return sorted(named | set(self.people))

    def facts(self, stage: str, entry: str) -> EntryFacts:
        """The facts of one entry in one stage."""
        sheet = self.by_stage.get(stage, {}).get(entry) or EntrySheet()
        person = self.people.get(entry) or Person()
        return EntryFacts(
            entry=entry,
            state=sheet.state or person.state or "present",
            hors_concours=sheet.hors_concours or person.hors_concours,
            marks=tuple(sheet.marks),
            recused={panel: tuple(sorted(judges)) for panel, judges in sheet.recused.items()},
            imported=sheet.imported,
            states=sheet.states,
            params=merged(self.common.get(stage, {}), sheet.params),
            columns=person.columns,
            chosen=sheet.chosen,
            times=person.times | sheet.times,
            lot=person.lot,
            decision=person.decision,
        )

    def entrants(self) -> tuple[Entrant, ...]:
        """Who stands behind the entries, as far as the file of entries says."""
        return tuple(
            self.people[entry].entrant or Entrant(entry=entry)
            if entry in self.people
            else Entrant(entry=entry)
            for entry in self.entries()
        )


def merged(
    common: dict[str, dict[str, Decimal]], own: dict[str, dict[str, Decimal]]
) -> dict[str, dict[str, Decimal]]:
    """Parameters of all entries with those of one on top, node by node."""
    if not common or not own:
        return own or common
    return {
        node: common.get(node, {}) | own.get(node, {})
        for node in (*common, *(key for key in own if key not in common))
    }
