"""Rows on their way into tables: gathered as the lines that COPY reads, written table by table in the order of the foreign keys."""

import asyncio
import io
from collections import defaultdict
from collections.abc import Awaitable, Callable
from datetime import date, datetime
from decimal import Decimal
from typing import Final, TypeAlias

from api.plumbing.db import Connection

Value: TypeAlias = str | int | bool | bytes | date | datetime | Decimal | None
CopyInto: TypeAlias = Callable[[str, tuple[str, ...], bytes], Awaitable[None]]

ENOUGH: Final = 20_000
"""Lines that are gathered before they are written: enough that a COPY pays, few enough for any machine."""

COLUMNS: Final[dict[str, tuple[str, ...]]] = {
    table: tuple(columns.split())
    for table, columns in {
        "organisation": "id parent_id path kind tier region_code name_zh name_en short_name",
        "season": "id organisation_id year name_zh name_en plan_province plan_city plan_base",
        "delegation": "id season_id kind organisation_id region_code name_zh name_en short_name position",
        "person": "id created_at",
        "person_document": "person_id document_type number_cipher number_masked number_index algorithm",
        "person_version": "id person_id version name sort_key sex birth_date education created_at",
        "employment": "id person_id organisation_id post front_line union_member public valid_from",
        "skill_level": "person_id trade_code level certificate_no valid_from",
        "account": "id login display_name person_id organisation_id",
        "access_grant": "id account_id role scope_kind scope_id contest_id valid_from",
        "plan_version": "id season_id code hash document by_account",
        "event": "id season_id name_zh name_en venue starts_on ends_on",
        "contest": "id season_id event_id slug tier class_code host_id region_code next_contest_id name_zh name_en state "
        "registration_opens_at registration_closes_at starts_on ends_on preset_id created_at",
        "contest_transition": "contest_id seq from_state to_state by_account at",
        "contest_organiser": "contest_id role position organisation_id name_zh name_en",
        "contest_filing": "contest_id authority_id number filed_on",
        "contest_rules": "contest_id revision document hash by_account at",
        "item": "id season_id event_id contest_id trade_code code name_zh name_en kind team_size min_field capacity "
        "per_delegation blind_layers live plan_id position",
        "contest_item": "contest_id item_id",
        "stage": "id season_id item_id position kind node name_zh name_en",
        "judge": "id contest_id account_id code",
        "panel": "id season_id item_id name",
        "panel_judge": "panel_id judge_id position chief",
        "judging_session": "id season_id item_id stage_id panel_id position name_zh name_en starts_at ends_at stations state",
        "standings_snapshot": "season_id item_id number input_hash output_hash facts complete entries body at",
        "publication": "item_id season_id state snapshot notice_opens_at notice_closes_at board_version rev",
        "recheck": "id season_id item_id number snapshot rule algorithm seed by_account at",
        "result_sign_off": "season_id item_id snapshot output_hash by_account at",
        "publication_transition": "item_id seq from_state to_state snapshot by_account at",
        "entry": "id season_id contest_id item_id delegation_id unit_id number state standing via_slot_id created_by "
        "created_at rev",
        "slot": "id season_id from_item_id to_item_id snapshot entry_id place kind state answer_by reasons created_at rev",
        "slot_transition": "slot_id seq from_state to_state by_account at",
        "recheck_entry": "recheck_id entry_id because at",
        "recheck_result": "recheck_id entry_id position outcome note facts by_account at",
        "entry_member": "entry_id position item_id role person_id person_version_id employment_id",
        "entry_transition": "entry_id seq from_state to_state reason by_account at",
        "entry_standing_change": "entry_id seq from_standing to_standing reason by_account at",
        "theory_mark": "season_id entry_id node rev item_id state value account_id received_at hash",
        "draw": "id season_id item_id number algorithm seed result_hash by_account at",
        "attempt": "id season_id item_id session_id draw_id station",
        "attempt_entry": "attempt_id item_id entry_id draw_id",
        "sheet": "id season_id item_id session_id attempt_id judge_id account_id plan_id state seq head",
        "sheet_transition": "season_id sheet_id position from_state to_state seq head by_account at",
        "mark_revision": "season_id sheet_id criterion rev seq op_id state value account_id entered_at received_at hash",
        "ledger": "season_id chain seq kind subject salt digest payload hash account_id at",
        "ledger_head": "chain season_id seq head",
        "award_check": "contest_id person_id question rev answer by_account at",
        "award_proposal": "id season_id contest_id generation rule_code rule_version authority item_id snapshot entry_id "
        "person_id place outcome target_level reasons facts at",
    }.items()
}
"""Every table that a season fills, a referred one before those that refer to it."""


class Rows:
    """Lines by table. While a batch is on its way to the database the next one is made. `count`: rows by table so far."""

    def __init__(self, copy: CopyInto) -> None:
        self._copy = copy
        self._lines: defaultdict[str, list[str]] = defaultdict(list)
        self._waiting = 0
        self._sending: asyncio.Task[None] | None = None
        self.count: dict[str, int] = dict.fromkeys(COLUMNS, 0)

    def add(self, table: str, *values: Value) -> None:
        """One row, a value for each of COLUMNS[table]."""
        self.add_line(table, "\t".join([_FORMS[type(value)](value) for value in values]))

    def add_line(self, table: str, line: str) -> None:
        """The same for a line that is written as COPY wants it: keys, digits and nothing to escape."""
        self._lines[table].append(line)
        self._waiting += 1

    async def write_if_many(self) -> None:
        """Write what has gathered, if it pays; and let what is on its way go on."""
        if self._waiting >= ENOUGH:
            await self._begin()
        await asyncio.sleep(0)

    async def write(self) -> None:
        """Write everything that has gathered, and wait for it."""
        await self._begin()
        await self._arrived()

    async def _begin(self) -> None:
        lines, self._lines, self._waiting = self._lines, defaultdict(list), 0
        await self._arrived()
        self._sending = asyncio.create_task(self._send(lines))

    async def _arrived(self) -> None:
        if self._sending is not None:
            await self._sending

    async def _send(self, lines: dict[str, list[str]]) -> None:
        for table, columns in COLUMNS.items():
            if of_table := lines.pop(table, None):
                self.count[table] += len(of_table)
                of_table.append("")
                await self._copy(table, columns, "\n".join(of_table).encode())


def into(connection: Connection) -> CopyInto:
    """Where rows go to in the end."""

    async def copy(table: str, columns: tuple[str, ...], lines: bytes) -> None:
        await connection.copy_to_table(table, source=io.BytesIO(lines), columns=columns, format="text")

    return copy


def _escaped(text: str) -> str:
    if "\\" in text or "\n" in text or "\t" in text or "\r" in text:
        text = text.replace("\\", "\\\\").replace("\n", "\\n").replace("\t", "\\t").replace("\r", "\\r")
    return text


_FORMS: Final[dict[type, Callable[..., str]]] = {
    str: _escaped,
    int: str,
    bool: lambda value: "t" if value else "f",
    bytes: lambda value: "\\\\x" + value.hex(),
    date: date.isoformat,
    datetime: datetime.isoformat,
    Decimal: lambda value: format(value, "f"),
    type(None): lambda _: "\\N",
}
