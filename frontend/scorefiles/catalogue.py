"""What the nodes of a scheme take in: in which stage, how many judges, how many attempts, what kind of value."""

from typing import Final, Literal

import msgspec

from scoring.plans.nodes import (
    Attempts,
    Carried,
    Chosen,
    Imported,
    Judged,
    Measured,
    Node,
    Parameter,
    walk,
)
from scoring.schemes.scheme import Scheme

OFFICIAL: Final = "official"
"""Who measured, where a row names no judge."""

Intake = Literal["judged", "imported", "carried", "parameter", "chosen", "computed"]


class Slot(msgspec.Struct, frozen=True):
    """One node of one stage. `seats`: 0 without a panel; `panel` is the key of the panel's node; `attempts` 0 outside attempts.

    `panel_attempts`: the panel stands below the attempts, so that each attempt has a panel of its own.
    """

    stage: str
    node: Node
    intake: Intake
    panel: str
    seats: int
    attempts: int
    panel_attempts: bool
    time: bool


class Catalogue:
    """Nodes by stage and key. A key that stands in one stage only needs no stage in the files."""

    def __init__(self, scheme: Scheme) -> None:
        self.stages = tuple(stage.key for stage in scheme.stages)
        self.plans = {stage.key: stage.plan for stage in scheme.stages}
        self.slots: dict[str, dict[str, Slot]] = {stage.key: {} for stage in scheme.stages}
        self._homes: dict[str, list[str]] = {}
        for stage in scheme.stages:
            for above, node in walk(stage.plan.root):
                self.slots[stage.key][node.key] = _slot(stage.key, above, node)
                self._homes.setdefault(node.key, []).append(stage.key)

    def stages_of(self, key: str) -> list[str]:
        """The stages that have a node of this key."""
        return self._homes.get(key, [])

    def keys_for_marks(self) -> list[str]:
        """What a marks file may name, for an error that says what is allowed."""
        return [
            key
            for slots in self.slots.values()
            for key, slot in slots.items()
            if slot.intake in {"judged", "imported"}
        ]

    def keys(self) -> list[str]:
        """All keys."""
        return list(self._homes)


def numbered(key: str, attempt: int) -> str:
    """The key of a node in its first, second … attempt; 0 is no attempt in particular."""
    return f"{key}#{attempt}" if attempt else key


def _slot(stage: str, above: tuple[Node, ...], node: Node) -> Slot:
    line = (*above, node)
    panel = next((each for each in line if each.panel is not None), None)
    attempts = next((each for each in above if isinstance(each, Attempts)), None)
    return Slot(
        stage=stage,
        node=node,
        intake=_intake(node),
        panel="" if panel is None else panel.key,
        seats=0 if panel is None or panel.panel is None else panel.panel.size,
        attempts=0 if attempts is None else attempts.count,
        panel_attempts=attempts is not None
        and panel is not None
        and line.index(panel) > line.index(attempts),
        time=isinstance(node, Measured) and node.kind == "time",
    )


def _intake(node: Node) -> Intake:
    match node:
        case Judged() | Measured():
            return "judged"
        case Imported():
            return "imported"
        case Carried():
            return "carried"
        case Parameter():
            return "parameter"
        case Chosen():
            return "chosen"
        case _:
            return "computed"
