"""What is known of one entry before anything is computed."""

from decimal import Decimal
from typing import Literal, TypeAlias

import msgspec

from scoring.evaluation.marks import Mark
from scoring.plans.nodes import VoidState

EntryState: TypeAlias = Literal[
    "present",
    "absent",
    "withdrew",
    "late",
    "disqualified",
    "score_cancelled",
    "did_not_start",
    "did_not_finish",
]


class EntryFacts(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of one entry: at most one current mark per judge and criterion, in any order.

    `panels` names the judges seated on each panel (key of the panel's node → judges); a panel it does not name is taken
    to be the judges who marked, up to the planned size. `recused` names, per panel, seated judges who do not judge this entry.
    `imported` holds marks from outside by node key, carried values of an earlier stage too; `states` the state of a leaf or
    node that has no number (node key → did_not_finish …), below which no mark is waited for; `params` parameters by node key
    and name, the key "" for those of no node; `columns` the entry's own columns (unit, group, body weight …); `chosen` the keys of
    the parts chosen, by node key.
    `times` are recorded times in seconds by tie key, `lot` the recorded lot, `decision` the chief judge's recorded place in an
    open tie (1 is first).
    """

    entry: str
    state: EntryState = "present"
    hors_concours: bool = False
    marks: tuple[Mark, ...] = ()
    panels: dict[str, tuple[str, ...]] = {}
    recused: dict[str, tuple[str, ...]] = {}
    imported: dict[str, Decimal] = {}
    states: dict[str, VoidState] = {}
    params: dict[str, dict[str, Decimal]] = {}
    columns: dict[str, str] = {}
    chosen: dict[str, tuple[str, ...]] = {}
    times: dict[str, Decimal] = {}
    lot: int | None = None
    decision: int | None = None
