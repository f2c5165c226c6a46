"""Marks files: one row a mark. Every bad row is named with what would be right; a good one lands in the sheets of its entry."""

from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import Final, NamedTuple, cast, get_args

from frontend.scorefiles.catalogue import OFFICIAL, Catalogue, Slot, numbered
from frontend.scorefiles.problems import Troubles, shown
from frontend.scorefiles.sheets import EntrySheet, Note, Sheets
from frontend.scorefiles.tables import Table, read_table
from frontend.scorefiles.values import number, seconds
from frontend.scorefiles.words import STATES, state_named
from scoring.decimals import plain
from scoring.evaluation.facts import EntryState
from scoring.evaluation.marks import Mark, MarkState, check_imported, check_mark
from scoring.plans.nodes import Imported, Judged, Measured, VoidState

NEEDED: Final = ("entry", "value")
_MARK_STATES: Final = frozenset(get_args(MarkState)) - {"cleared"}
_VOID_STATES: Final = frozenset(get_args(VoidState))
_ENTRY_STATES: Final = frozenset({*get_args(EntryState), "hors_concours"})
_MOST_WORDS: Final = 30

_REFUSED: Final = {
    "out_of_range": ("超出范围，应为 {range}。", "is out of range; it must be {range}."),
    "too_precise": ("小数位过多，步长为 {step}。", "has too many decimals; the step is {step}."),
    "off_step": (
        "不在刻度上，应为 {range}，步长 {step}。",
        "is not on the scale; it must be {range} in steps of {step}.",
    ),
    "value_missing": ("缺少数值。", "has no value."),
    "value_not_allowed": ("不应有数值。", "must not have a value."),
    "unknown_criterion": ("不能这样评分。", "cannot be marked like this."),
}


class _Row(NamedTuple):
    line: int
    entry: str
    judge: str
    node: str
    attempt: str
    value: str
    state: str
    stage: str
    time: str
    reason: str


def read_marks(files: Sequence[Path], catalogue: Catalogue, sheets: Sheets, troubles: Troubles) -> None:
    """Put the marks of all files into the sheets."""
    reader = _Reader(catalogue, sheets, troubles)
    for file in files:
        before = len(troubles.found) + troubles.more
        table = read_table(file, NEEDED, troubles)
        if len(troubles.found) + troubles.more == before:
            reader.read(table)


class _Reader:
    def __init__(self, catalogue: Catalogue, sheets: Sheets, troubles: Troubles) -> None:
        self.catalogue, self.sheets, self.troubles = catalogue, sheets, troubles
        self.seen: dict[tuple[str, str, str, str], tuple[str, int]] = {}
        # Marks stand on a grid of few values: each value of a node is read and checked once.
        self.known: dict[tuple[str, str, str], Decimal] = {}
        self.slots: dict[tuple[str, str], Slot] = {}
        self.judges: dict[tuple[str, str, str], set[str]] = {}
        self.table: Table

    def read(self, table: Table) -> None:
        self.table = table
        places = [table.columns.get(name, -1) for name in _Row._fields[1:]]
        for line, cells in table.rows:
            self._row(_Row(line, *[cells[place] if place >= 0 else "" for place in places]))

    def _row(self, row: _Row) -> None:
        if not row.entry:
            self._say(row, "entry", "entry_missing", "缺少参赛号。", "The entry is missing.")
            return
        state = ""
        if row.state:
            found = state_named(row.state)
            if found is None:
                allowed = ", ".join(STATES)
                self._say(row, "state", "state_unknown", f"不认识的状态“{shown(row.state)}”；可用：{allowed}。",
                          f"The state “{shown(row.state)}” is not known; possible: {allowed}.")  # fmt: skip
                return
            state = found
        if not self.sheets.may_have(row.entry):
            self._say(row, "entry", "entry_unknown", f"参赛者“{shown(row.entry)}”不在参赛名单中。",
                      f"The entry “{shown(row.entry)}” is not in the file of entries.")  # fmt: skip
            return
        if row.node:
            self._node_row(row, state)
        else:
            self._entry_row(row, state)

    def _entry_row(self, row: _Row, state: str) -> None:
        """A row without a node speaks of the entry itself."""
        if row.value and not state and (word := state_named(row.value)):
            row, state = row._replace(value=""), word
        if row.value or (not state and not row.time):
            self._say(
                row, "node", "node_missing", "该行有分数却没有节点。", "The row has a value but no node."
            )
            return
        if row.stage and row.stage not in self.catalogue.plans:
            self._unknown_stage(row)
            return
        for stage in [row.stage] if row.stage else self.catalogue.stages:
            sheet = self.sheets.of(stage, row.entry)
            if state == "hors_concours":
                sheet.hors_concours = True
            elif state in _ENTRY_STATES:
                sheet.state = cast("EntryState", state)
            elif state:
                allowed = ", ".join(sorted(_ENTRY_STATES))
                self._say(row, "state", "state_misplaced", f"参赛者不能处于“{state}”；可用：{allowed}。",
                          f"An entry cannot be “{state}”; possible: {allowed}.")  # fmt: skip
                return
            self._time(row, sheet, "time")
        self._note(row)

    def _node_row(self, row: _Row, state: str) -> None:
        slot = self.slots.get((row.stage, row.node)) or self._slot(row)
        if slot is None:
            return
        attempt = self._attempt(row, slot)
        if attempt is None or state == "cleared":
            return
        sheet = self.sheets.of(slot.stage, row.entry)
        key = numbered(slot.node.key, attempt)
        fresh = row.value and not state and (slot.stage, row.node, row.value) not in self.known
        if fresh and number(row.value) is None and (word := state_named(row.value)):
            # "DNF" in the column of the values says what it says.
            row, state = row._replace(value=""), word
        judge = row.judge or OFFICIAL
        if (
            not row.judge
            and slot.seats > 1
            and slot.intake == "judged"
            and state in {"", "scored", "not_attempted"}
        ):
            self._say(row, "judge", "judge_missing", f"该节点由 {slot.seats} 名裁判评分，须写明裁判。",
                      f"{slot.seats} judges mark this node, so the row must name one.")  # fmt: skip
            return
        if state == "recused":
            self._recuse(row, slot, sheet, attempt)
            return
        if not self._first(row, slot, key, judge, state) or not self._seated(row, slot, attempt):
            return
        self._time(row, sheet, key)
        self._note(row)
        if state in _VOID_STATES:
            self._void(row, slot, sheet, key, state)
        elif slot.intake in {"judged", "imported"}:
            self._mark(row, slot, sheet, key, judge, state or "scored")
        else:
            allowed = shown(", ".join(self.catalogue.keys_for_marks()[:_MOST_WORDS]))
            self._say(row, "node", "not_marked", f"节点“{slot.node.key}”不由评分直接给出；可评分：{allowed}。",
                      f"The node “{slot.node.key}” takes no marks; these do: {allowed}.")  # fmt: skip

    def _slot(self, row: _Row) -> Slot | None:
        if row.stage and row.stage not in self.catalogue.plans:
            self._unknown_stage(row)
            return None
        homes = [row.stage] if row.stage else self.catalogue.stages_of(row.node)
        if len(homes) > 1:
            self._say(row, "stage", "stage_missing", f"节点“{row.node}”在多个阶段中都有，须写明阶段：{', '.join(homes)}。",
                      f"The node “{row.node}” stands in several stages; name one: {', '.join(homes)}.")  # fmt: skip
            return None
        slot = self.catalogue.slots[homes[0]].get(row.node) if homes else None
        if slot is None:
            allowed = shown(", ".join(self.catalogue.keys_for_marks()[:_MOST_WORDS]))
            self._say(row, "node", "node_unknown", f"方案中没有节点“{shown(row.node)}”；可评分：{allowed}。",
                      f"The plan has no node “{shown(row.node)}”; these take marks: {allowed}.")  # fmt: skip
        else:
            self.slots[row.stage, row.node] = slot
        return slot

    def _attempt(self, row: _Row, slot: Slot) -> int | None:
        if not row.attempt:
            if not slot.attempts:
                return 0
            self._say(
                row,
                "attempt",
                "attempt_missing",
                f"须写明第几次：1–{slot.attempts}。",
                f"Name the attempt: 1 to {slot.attempts}.",
            )
            return None
        given = number(row.attempt)
        if not slot.attempts and given == 1:
            return 0
        if not slot.attempts:
            self._say(row, "attempt", "attempt_unknown", f"节点“{slot.node.key}”只有一次，此栏应为空。",
                      f"The node “{slot.node.key}” has no attempts; leave this empty.")  # fmt: skip
            return None
        if given is None or given != int(given) or not 1 <= given <= slot.attempts:
            self._say(row, "attempt", "attempt_unknown", f"没有第“{shown(row.attempt)}”次；可用：1–{slot.attempts}。",
                      f"There is no attempt “{shown(row.attempt)}”; possible: 1 to {slot.attempts}.")  # fmt: skip
            return None
        return int(given)

    def _first(self, row: _Row, slot: Slot, key: str, judge: str, state: str) -> bool:
        """Whether this is the only row on this node, attempt and judge. Where no panel sits, the judge does not matter."""
        who = judge if slot.seats and (row.judge or state not in _VOID_STATES) else ""
        mark = (slot.stage, row.entry, key, who)
        earlier = self.seen.get(mark)
        if earlier is None:
            self.seen[mark] = (self.table.file, row.line)
            return True
        file, line = earlier
        where = f"{file}:{line}"
        self._say(row, "node", "row_repeated", f"与 {where} 重复：同一参赛者、节点、次数和裁判只能有一行。",
                  f"Repeats {where}: an entry, node, attempt and judge have one row.")  # fmt: skip
        return False

    def _seated(self, row: _Row, slot: Slot, attempt: int) -> bool:
        """Whether the panel has a seat for this judge: more names than seats are a name written in two ways."""
        if not slot.seats or not row.judge:
            return True
        panel = numbered(slot.panel, attempt if slot.panel_attempts else 0)
        judges = self.judges.setdefault((slot.stage, row.entry, panel), set())
        if row.judge in judges or len(judges) < slot.seats:
            judges.add(row.judge)
            return True
        named = shown(", ".join(sorted(judges)))
        self._say(row, "judge", "no_seat", f"裁判组“{slot.panel}”有 {slot.seats} 个席位，已由 {named} 占满。",
                  f"The panel “{slot.panel}” has seats: {slot.seats}, all taken by {named}.")  # fmt: skip
        return False

    def _mark(self, row: _Row, slot: Slot, sheet: EntrySheet, key: str, judge: str, state: str) -> None:
        if state not in _MARK_STATES:
            allowed = ", ".join(sorted({*_MARK_STATES, *_VOID_STATES, "recused"}))
            self._say(row, "state", "state_misplaced", f"分数不能处于“{state}”；可用：{allowed}。",
                      f"A mark cannot be “{state}”; possible: {allowed}.")  # fmt: skip
            return
        if state == "scored":
            value = self._value(row, slot)
            if value is None:
                return
            if slot.intake == "imported":
                sheet.imported[key] = value
            else:
                sheet.marks.append(Mark(row.entry, judge, key, "scored", value))
        elif row.value:
            self._say(
                row,
                "value",
                "value_not_allowed",
                f"状态为“{state}”时不应有数值。",
                f"With the state “{state}” there is no value.",
            )
        elif slot.intake == "imported" and state == "not_attempted":
            sheet.imported[key] = Decimal(0)
        elif state == "not_attempted":
            sheet.marks.append(Mark(row.entry, judge, key, "not_attempted"))

    def _value(self, row: _Row, slot: Slot) -> Decimal | None:
        asked = (slot.stage, row.node, row.value)
        known = self.known.get(asked)
        if known is not None:
            return known
        value = seconds(row.value) if slot.time else number(row.value)
        if value is None:
            form = (
                ("时间（62.5、1:02.50 或 1:01:02.5）", "a time (62.5, 1:02.50 or 1:01:02.5)")
                if slot.time
                else ("数", "a number")
            )
            zh, en = (
                ("缺少数值", "The value is missing")
                if not row.value
                else (f"“{shown(row.value)}”无法识别", f"“{shown(row.value)}” cannot be read")
            )
            self._say(
                row,
                "value",
                "value_missing" if not row.value else "not_a_number",
                f"{zh}，应为{form[0]}。",
                f"{en}; it must be {form[1]}.",
            )
            return None
        plan = self.catalogue.plans[slot.stage]
        node = slot.node
        refused = (
            check_imported(plan, node.key, value)
            if slot.intake == "imported"
            else check_mark(plan, node.key, "scored", value)
        )
        if refused is None:
            self.known[asked] = value
            return value
        zh, en = _REFUSED[refused]
        facts = {"range": _range(node), "step": _step(node)}
        self._say(row, "value", refused, f"“{slot.node.title}” {shown(row.value)} " + zh.format(**facts),
                  f"{slot.node.title_en or slot.node.key}: {shown(row.value)} " + en.format(**facts))  # fmt: skip
        return None

    def _void(self, row: _Row, slot: Slot, sheet: EntrySheet, key: str, state: str) -> None:
        """Of a node that several judges mark, a row that names one says what he saw; any other says how it was."""
        if row.value:
            self._say(
                row,
                "value",
                "value_not_allowed",
                f"状态为“{state}”时不应有数值。",
                f"With the state “{state}” there is no value.",
            )
        elif row.judge and slot.seats > 1 and slot.intake == "judged":
            sheet.marks.append(Mark(row.entry, row.judge, key, cast("VoidState", state)))
        else:
            sheet.states[key] = cast("VoidState", state)

    def _recuse(self, row: _Row, slot: Slot, sheet: EntrySheet, attempt: int) -> None:
        if not row.judge or not slot.panel:
            self._say(
                row,
                "judge",
                "judge_missing",
                "回避须写明裁判，且该节点须有裁判组。",
                "A recusal names a judge and a node with a panel.",
            )
            return
        panel = numbered(slot.panel, attempt if slot.panel_attempts else 0)
        sheet.recused.setdefault(panel, set()).add(row.judge)
        self._note(row)

    def _time(self, row: _Row, sheet: EntrySheet, key: str) -> None:
        if not row.time:
            return
        value = seconds(row.time)
        if value is None or value < 0:
            self._say(
                row,
                "time",
                "time_invalid",
                f"时间“{shown(row.time)}”无法识别。",
                f"The time “{shown(row.time)}” cannot be read.",
            )
        elif sheet.times.setdefault(key, value) != value:
            self._say(
                row,
                "time",
                "time_contradicts",
                f"与前面的时间 {sheet.times[key]} 不一致。",
                f"Contradicts the earlier time {sheet.times[key]}.",
            )

    def _note(self, row: _Row) -> None:
        if row.reason:
            self.sheets.notes.append(Note(row.entry, row.stage, row.node, row.attempt, row.judge, row.reason))

    def _unknown_stage(self, row: _Row) -> None:
        allowed = ", ".join(self.catalogue.stages)
        self._say(row, "stage", "stage_unknown", f"没有阶段“{shown(row.stage)}”；可用：{allowed}。",
                  f"There is no stage “{shown(row.stage)}”; possible: {allowed}.")  # fmt: skip

    def _say(self, row: _Row, column: str, code: str, zh: str, en: str) -> None:
        self.troubles.add(self.table.trouble(row.line, column, code, zh, en))


def _range(node: object) -> str:
    assert isinstance(node, Judged | Measured | Imported)
    return (
        f"{plain(node.minimum)}–{plain(node.maximum)}"
        if node.maximum is not None
        else f"≥ {plain(node.minimum)}"
    )


def _step(node: object) -> str:
    assert isinstance(node, Judged | Measured | Imported)
    return str(plain(node.step))
