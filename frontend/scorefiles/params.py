"""The file of parameters: one row a number of an entry and node (difficulty, base value, factor), or a recorded choice."""

from decimal import Decimal
from pathlib import Path
from typing import Final

from frontend.scorefiles.catalogue import Catalogue, Slot, numbered
from frontend.scorefiles.problems import Troubles, shown
from frontend.scorefiles.sheets import Sheets
from frontend.scorefiles.tables import Table, read_table
from frontend.scorefiles.values import number
from scoring.plans.nodes import Chosen, Parameter

_CHANGES: Final = ("penalty", "bonus")
_COLUMNS: Final = ("entry", "node", "name", "value", "stage", "attempt")


def read_params(file: Path, catalogue: Catalogue, sheets: Sheets, troubles: Troubles) -> None:
    """Put the parameters into the sheets. An empty entry stands for all, an empty node for no node in particular."""
    table = read_table(file, ("value",), troubles)
    seen: dict[tuple[str, ...], int] = {}
    for line, cells in table.rows:
        given = {name: cells[table.columns[name]] if name in table.columns else "" for name in _COLUMNS}
        row = _Row(table, line, given, catalogue, sheets, troubles)
        mark = tuple(given[name] for name in _COLUMNS if name != "value")
        if mark in seen:
            row.say("name", "row_repeated", f"与第 {seen[mark]} 行重复。", f"Repeats line {seen[mark]}.")
            continue
        seen[mark] = line
        row.take()


class _Row:
    def __init__(
        self,
        table: Table,
        line: int,
        given: dict[str, str],
        catalogue: Catalogue,
        sheets: Sheets,
        troubles: Troubles,
    ) -> None:
        self.table, self.line, self.given = table, line, given
        self.catalogue, self.sheets, self.troubles = catalogue, sheets, troubles

    def take(self) -> None:
        entry, name = self.given["entry"], self.given["name"] or "value"
        stages = self._stages()
        if not stages:
            return
        if entry and not self.sheets.may_have(entry):
            self.say(
                "entry",
                "entry_unknown",
                f"参赛者“{shown(entry)}”不在参赛名单中。",
                f"The entry “{shown(entry)}” is not in the file of entries.",
            )
            return
        if name != "chosen" and not self._named(stages, name):
            return
        for stage in stages:
            slot = self.catalogue.slots[stage].get(self.given["node"])
            if name == "chosen":
                self._chosen(stage, slot)
            else:
                self._number(stage, slot, name)

    def say(self, column: str, code: str, zh: str, en: str) -> None:
        self.troubles.add(self.table.trouble(self.line, column, code, zh, en))

    def _stages(self) -> list[str]:
        """The stages that the row speaks of: the one it names, else those with such a node, else all."""
        stage, node = self.given["stage"], self.given["node"]
        if stage and stage not in self.catalogue.plans:
            allowed = ", ".join(self.catalogue.stages)
            self.say(
                "stage",
                "stage_unknown",
                f"没有阶段“{shown(stage)}”；可用：{allowed}。",
                f"There is no stage “{shown(stage)}”; possible: {allowed}.",
            )
            return []
        if not node:
            return [stage] if stage else list(self.catalogue.stages)
        homes = [each for each in self.catalogue.stages_of(node) if not stage or each == stage]
        if not homes:
            self.say(
                "node",
                "node_unknown",
                f"方案中没有节点“{shown(node)}”。",
                f"The plan has no node “{shown(node)}”.",
            )
        return homes

    def _named(self, stages: list[str], name: str) -> bool:
        """Whether anything asks for a number of this name there; one that nobody asks for is a slip of the pen."""
        node = self.given["node"]
        if not node and name in _CHANGES:
            self.say(
                "node", "node_missing", f"“{name}”须写明节点。", f"“{name}” needs a node that it changes."
            )
            return False
        slots = [self.catalogue.slots[stage] for stage in stages]
        asking = [slot.node for each in slots for key, slot in each.items() if node in {"", key}]
        names = dict.fromkeys([each.name for each in asking if isinstance(each, Parameter)])
        allowed = [*names, *(_CHANGES if node else ())]
        if name in allowed:
            return True
        shown_ones = shown(", ".join(allowed))
        self.say("name", "name_unknown", f"此处没有名为“{shown(name)}”的参数；可用：{shown_ones}。",
                 f"No parameter is called “{shown(name)}” here; possible: {shown_ones}.")  # fmt: skip
        return False

    def _number(self, stage: str, slot: Slot | None, name: str) -> None:
        value = number(self.given["value"])
        if value is None:
            self.say(
                "value",
                "not_a_number",
                f"“{shown(self.given['value'])}”不是数。",
                f"“{shown(self.given['value'])}” is not a number.",
            )
            return
        if slot is not None and isinstance(slot.node, Parameter) and not _within(slot.node, value):
            low, high = slot.node.minimum, slot.node.maximum
            self.say(
                "value",
                "out_of_range",
                f"{value} 超出范围 {low}–{high}。",
                f"{value} is out of the range {low} to {high}.",
            )
            return
        key = self._key(slot)
        if key is None:
            return
        entry = self.given["entry"]
        params = self.sheets.of(stage, entry).params if entry else self.sheets.common.setdefault(stage, {})
        params.setdefault(key, {})[name] = value

    def _key(self, slot: Slot | None) -> str | None:
        if slot is None:
            return ""
        attempt = self.given["attempt"]
        if not attempt or (not slot.attempts and attempt == "1"):
            return slot.node.key
        if not (attempt.isdecimal() and len(attempt) < 4 and 1 <= int(attempt) <= slot.attempts):
            self.say("attempt", "attempt_unknown", f"没有第“{shown(attempt)}”次；可用：1–{slot.attempts}。",
                     f"There is no attempt “{shown(attempt)}”; possible: 1 to {slot.attempts}.")  # fmt: skip
            return None
        return numbered(slot.node.key, int(attempt))

    def _chosen(self, stage: str, slot: Slot | None) -> None:
        if slot is None or not isinstance(slot.node, Chosen) or not self.given["entry"]:
            self.say(
                "node",
                "not_chosen",
                "“chosen”须写明参赛者和一个 chosen 节点。",
                "“chosen” needs an entry and a node of the kind chosen.",
            )
            return
        parts = [part.key for part in slot.node.parts]
        keys = tuple(self.given["value"].replace(",", " ").replace("，", " ").replace(";", " ").split())
        wrong = [key for key in keys if key not in parts]
        if wrong or len(set(keys)) != len(keys) or len(keys) > slot.node.count:
            self.say("value", "choice_invalid", f"应从 {', '.join(parts)} 中选 {slot.node.count} 个不同的。",
                     f"Choose {slot.node.count} different ones of {', '.join(parts)}.")  # fmt: skip
            return
        self.sheets.of(stage, self.given["entry"]).chosen[slot.node.key] = keys


def _within(node: Parameter, value: Decimal) -> bool:
    return (node.minimum is None or value >= node.minimum) and (node.maximum is None or value <= node.maximum)
