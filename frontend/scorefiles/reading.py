"""All files of one contest to the facts of every stage."""

from collections.abc import Sequence
from pathlib import Path

import msgspec

from frontend.scorefiles.catalogue import Catalogue, numbered
from frontend.scorefiles.entries import read_entries
from frontend.scorefiles.marks import read_marks
from frontend.scorefiles.params import read_params
from frontend.scorefiles.problems import Troubles
from frontend.scorefiles.sheets import Sheets
from scoring.evaluation.facts import EntryFacts
from scoring.plans.nodes import Imported, Judged, Measured, VoidState, walk
from scoring.plans.plan import Plan
from scoring.schemes.scheme import Scheme


class Contest(msgspec.Struct, frozen=True):
    """What the files say: as facts by stage, and what only the report needs."""

    facts: dict[str, tuple[EntryFacts, ...]]
    sheets: Sheets


def read_contest(
    scheme: Scheme, marks: Sequence[Path], entries: Path | None, params: Path | None, *, final: bool
) -> Contest:
    """Read every file, then raise BadFiles if anything is wrong in any.

    With `final` nothing more comes: a leaf without any mark did not start.
    """
    troubles = Troubles()
    catalogue, sheets = Catalogue(scheme), Sheets()
    if entries is not None:
        read_entries(entries, sheets, troubles)
    if params is not None:
        read_params(params, catalogue, sheets, troubles)
    read_marks(marks, catalogue, sheets, troubles)
    troubles.stop_if_any()
    everybody = sheets.entries()
    facts = {}
    for stage in scheme.stages:
        of_stage = (sheets.facts(stage.key, entry) for entry in everybody)
        leaves = _leaves(stage.plan, catalogue, stage.key) if final else ()
        facts[stage.key] = tuple(_closed(each, leaves) if final else each for each in of_stage)
    return Contest(facts, sheets)


def _leaves(plan: Plan, catalogue: Catalogue, stage: str) -> tuple[str, ...]:
    """Every leaf that takes marks, attempt by attempt."""
    keys = []
    for _, node in walk(plan.root):
        if isinstance(node, Judged | Measured | Imported):
            attempts = catalogue.slots[stage][node.key].attempts
            keys += [numbered(node.key, n) for n in range(1, attempts + 1)] if attempts else [node.key]
    return tuple(keys)


def _closed(facts: EntryFacts, leaves: Sequence[str]) -> EntryFacts:
    """The facts when nothing more comes. A judge's blank beside marks of others is no zero and no state: it stays open."""
    known = {mark.criterion for mark in facts.marks} | set(facts.imported) | set(facts.states)
    missing: dict[str, VoidState] = {leaf: "did_not_start" for leaf in leaves if leaf not in known}
    return msgspec.structs.replace(facts, states=missing | facts.states) if missing else facts
