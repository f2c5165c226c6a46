"""Kinds of bad input, one line each: how it is asked for, and what the answer says. Every room has its lines.

`problem(…)` is an answer of its own, with the field that is wrong; `mark(…)` and `row(…)` stand inside an answer for many.
"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, Literal, NamedTuple
from uuid import UUID, uuid4

import httpx

from api.jobs.sheets import XLSX
from api.plumbing.ids import encode_id
from api.plumbing.paging import encode_cursor
from tests.api.bad_input_stage import (
    API,
    Ask,
    Stage,
    a_judge,
    a_unit,
    add_item,
    an_organiser,
    anybody,
    ask,
    bomb,
    change_draft,
    create_contest,
    create_season,
    csv_of,
    draft,
    marks,
    one_mark,
    outside_demo,
    own_sheet,
    plan_document,
    plan_of_depth,
    plan_with_panel,
    plan_with_weights,
    register,
    sheet_path,
    theory,
    theory_file,
    workbook_with_formula,
    worker,
)
from tests.judging.marking import op
from tests.registration.builders import id_number


class Expected(NamedTuple):
    """Where the code stands, the answer's status, the code, and of the first wrong field its JSON pointer and code."""

    place: Literal["problem", "mark", "row"]
    status: int
    code: str
    pointer: str | None = None
    fault: str | None = None


class Case(NamedTuple):
    """One kind."""

    name: str
    ask: Ask
    expected: Expected


def problem(status: int, code: str, pointer: str | None = None, fault: str | None = None) -> Expected:
    return Expected("problem", status, code, pointer, fault)


def malformed(pointer: str | None = None) -> Expected:
    """The body cannot be read; `pointer` where it is one field."""
    return Expected("problem", 400, "invalid_body", pointer, None if pointer is None else "malformed_field")


def field(pointer: str, fault: str) -> Expected:
    """One field of a well-formed body is wrong."""
    return Expected("problem", 422, "invalid_fields", pointer, fault)


def mark(code: str) -> Expected:
    """The operation is rejected, the batch answered."""
    return Expected("mark", 200, code)


def row(code: str) -> Expected:
    """The row is rejected, and with it the whole file."""
    return Expected("row", 200, code)


def brief(text: str) -> str:
    """The text as a name of a case, however long it is."""
    return repr(text) if len(text) <= 30 else f"{text[:10]!r} of {len(text)}"


NEVER = encode_id("season", UUID(int=7))
LATER = (datetime.now(UTC) + timedelta(days=400)).strftime("%Y%m%d")
OLD_CURSOR = encode_cursor(["-2021", NEVER], now=0)
SOUND = {
    "op_id": str(uuid4()),
    "criterion": "C1",
    "state": "scored",
    "base_rev": 0,
    "entered_at": "2021-03-01T12:00:00+08:00",
}


def levels(depth: int) -> str:
    """The path to the first node below the 32nd level of `plan_of_depth`."""
    return "/".join(
        [f"level{level}" for level in range(depth - 2, max(depth - 35, -1), -1)] + ["theory"] * (depth <= 33)
    )


def season(of: Stage) -> str:
    return f"/seasons/{of.province.season}"


def seasons(query: str) -> str:
    return f"/seasons?{query}"


def rename(rev: str | None) -> Ask:
    """A change that would be fine, on this version."""
    return ask(an_organiser, "PATCH", season, {"plan_city": 120}, rev=rev)


def publication(contest: str, to: str, rev: str, **more: Any) -> Ask:
    """A step of the publication machine."""
    who = {"confirmed": lambda s: s.organiser, "final": lambda s: s.final_organiser}[contest]
    return ask(
        who,
        "POST",
        lambda s: f"/items/{encode_id('item', getattr(s, contest).item)}/publication/transitions",
        {"to": to, **more},
        rev=rev,
    )


async def entered_elsewhere(of: Stage) -> httpx.Response:
    """The unit of another contest enters somebody who stands in this one."""
    form = of.door.form(
        {"name": "试甲", "document_number": of.entered}, unit=encode_id("organisation", of.full.unit)
    )
    return await ask(lambda s: s.full.registrar, "POST", of.door.path.removeprefix(API), form)(of)


def raw_body(body: bytes, content_type: str | None = "application/json") -> Ask:
    """Bytes where a new season is expected."""
    return ask(an_organiser, "POST", "/seasons", body, content_type=content_type)


def token(*scopes: str, **more: Any) -> Ask:
    return ask(an_organiser, "POST", "/tokens", {"name": "对接", "scopes": list(scopes), **more})


def grant(**more: Any) -> Ask:
    """A role that the organiser may give."""
    return ask(an_organiser, "POST", "/grants", lambda s: {
        "account_id": encode_id("account", s.door.registrar.account_id), "role": "reviewer", "scope_kind": "organisation",
        "scope_id": encode_id("organisation", s.province.root), **more,
    })  # fmt: skip


def account(**more: Any) -> Ask:
    """An account that the organiser may make."""
    return ask(an_organiser, "POST", "/accounts", lambda s: {
        "login": "wang.wu", "display_name": "王五", "organisation_id": encode_id("organisation", s.province.root), **more,
    })  # fmt: skip


def organisation(**more: Any) -> Ask:
    """A member of the tree that the administrator may add."""
    return ask(lambda s: s.administrator, "POST", "/organisations", lambda s: {
        "parent_id": encode_id("organisation", s.province.root), "kind": "enterprise", "name_zh": "试厂", "short_name": "试厂", **more,
    })  # fmt: skip


def judging_session(**more: Any) -> Ask:
    """A session on the first morning."""

    async def send(of: Stage) -> httpx.Response:
        panel = await of.world.fetchval("SELECT id FROM panel WHERE item_id = $1", of.marking.contest.item)
        body = {
            "panel": encode_id("panel", panel), "name_zh": "第9场", "stations": 4,
            "starts_at": "2021-03-01T08:00:00+08:00", "ends_at": "2021-03-01T12:00:00+08:00",
        }  # fmt: skip
        path = f"/items/{encode_id('item', of.marking.contest.item)}/sessions"
        return await ask(lambda s: s.marking_organiser, "POST", path, body | more)(of)

    return send


def move_sheet(**body: Any) -> Ask:
    """A step of the judge's own empty sheet."""
    return ask(a_judge, "POST", lambda s: f"/sheets/{encode_id('sheet', s.marking.sheet)}/transitions", body)


def entries_file(
    content: bytes | Callable[[], bytes], query: str = "?mode=validate", media_type: str = "text/csv"
) -> Ask:
    """A unit's list."""
    return ask(
        a_unit,
        "POST",
        lambda s: f"{s.door.path.removeprefix(API)}:bulk{query}",
        (lambda _: content()) if callable(content) else content,
        content_type=media_type,
    )


def op_json(value: str) -> bytes:
    """A batch of one whose value is this piece of JSON."""
    sound = ", ".join(f'"{name}": {text!r}'.replace("'", '"') for name, text in SOUND.items())
    return f'{{"ops": [{{{sound}, "value": {value}}}]}}'.encode()


MARKS = (
    *(Case(f"mark {brief(text)}", one_mark(text), mark("decimal_invalid")) for text in (
        "NaN", "sNaN", "Infinity", "-Infinity", "1e400", "1E1", "８", "٨", "+5", "5.", ".5", " 5", "5 ", "0x10", "0b1", "1_0", "05", "5,5", "--5",
        "", "五", "9" * 13, "5." + "0" * 13, "9" * 100_000, "5\u200b", "\u202e5", "5\x00",
    )),
    Case("mark above the maximum", one_mark("10.5"), mark("out_of_range")),
    Case("mark below the minimum", one_mark("-0.5"), mark("out_of_range")),
    Case("mark off the step", one_mark("8.3"), mark("off_step")),
    Case("mark with too many decimals", one_mark("8.25"), mark("too_precise")),
    Case("unknown criterion", one_mark("8", criterion="C9"), mark("unknown_criterion")),
    Case("criterion of the theory part", one_mark("8", criterion="theory"), mark("unknown_criterion")),
    Case("value with not attempted", one_mark("8", state="not_attempted"), mark("value_not_allowed")),
    Case("value with clearing", one_mark("8", state="cleared"), mark("value_not_allowed")),
    Case("scored without a value", one_mark(None), mark("value_missing")),
    *(Case(f"reason {brief(text)}", one_mark("8", reasons=[text]), mark("reason_invalid")) for text in (
        "", " ", "划\u001e痕", "划\u001f痕", "划\u200b痕", "划\u202e痕", "划\x00痕", "痕" * 61,
    )),
    Case("mark on a version that is not there", one_mark("8", base_rev=7), mark("conflict")),
    Case("mark on a submitted sheet", one_mark("8", sheet=lambda s: sheet_path(s.marking.sheets[1][0])), mark("sheet_closed")),
    Case("mark in a paused session", marks({"ops": [op("C1", "8")]}, lambda s: sheet_path(s.paused.sheet), lambda s: s.paused.judge), mark("session_closed")),
    Case("mark on another judge's sheet", one_mark("8", sheet=lambda s: sheet_path(s.marking.sheets[0][1])), problem(404, "not_found")),
    Case("mark on no sheet", one_mark("8", sheet=lambda _: sheet_path(uuid4())), problem(404, "not_found")),
    Case("mark as a number", one_mark(8.5), malformed("/ops/0/value")),
    Case("mark as NaN of JavaScript", marks(op_json("NaN")), malformed()),
    Case("mark as the number 1e400", marks(op_json("1e400")), malformed()),
    Case("mark as a list", one_mark(["8"]), malformed("/ops/0/value")),
    Case("mark with a name twice", marks(op_json('"8", "value": "9"')), malformed()),
    Case("mark with an unknown field", one_mark("8", colour="red"), malformed("/ops/0")),
    Case("mark in an unknown state", one_mark("8", state="guessed"), malformed("/ops/0/state")),
    Case("version as text", one_mark("8", base_rev="0"), malformed("/ops/0/base_rev")),
    Case("version below zero", one_mark("8", base_rev=-1), malformed("/ops/0/base_rev")),
    Case("version beyond 32 bits", one_mark("8", base_rev=2**31), malformed("/ops/0/base_rev")),
    Case("op_id that is none", one_mark("8", op_id="1"), malformed("/ops/0/op_id")),
    Case("entered on 30 February", one_mark("8", entered_at="2021-02-30T12:00:00+08:00"), malformed("/ops/0/entered_at")),
    Case("entered at 25:00", one_mark("8", entered_at="2021-03-01T25:00:00+08:00"), malformed("/ops/0/entered_at")),
    Case("entered without a zone", one_mark("8", entered_at="2021-03-01T12:00:00"), malformed("/ops/0/entered_at")),
    Case("reason with half a character", one_mark("8", reasons=["\ud800"]), malformed()),
    Case("batch of none", marks({"ops": []}), malformed("/ops")),
    Case("batch of 51", marks({"ops": [op("C1", "8", rev) for rev in range(51)]}), malformed("/ops")),
    Case("batch that is cut off", marks(b'{"ops": [{"op_id": "'), malformed()),
    Case("batch of 100,000 arrays", marks(b'{"ops": ' + b"[" * 100_000 + b"]" * 100_000 + b"}"), malformed()),
    Case("batch of 2 MB", marks(b'{"ops": "' + b"x" * 2_000_000 + b'"}'), problem(413, "body_too_large")),
    Case("marks by a unit", marks({"ops": [op("C1", "8")]}, own_sheet, a_unit), problem(403, "forbidden_right")),
)  # fmt: skip

REGISTRATION = (
    *(Case(f"name {name}", worker(name=text), field("/members/0/name", fault)) for name, text, fault in (
        ("of nothing", "", "name_empty"),
        ("of spaces", "  ", "name_empty"),
        ("with zero-width space", "试\u200b甲", "name_invisible"),
        ("with zero-width joiner", "试\u200d甲", "name_invisible"),
        ("with right-to-left override", "试\u202e甲", "name_invisible"),
        ("with bidirectional isolate", "试\u2067甲\u2069", "name_invisible"),
        ("with NUL", "试\x00甲", "name_invisible"),
        ("with line break", "试\n甲", "name_invisible"),
        ("with byte order mark", "\ufeff试甲", "name_invisible"),
        ("of 31 characters", "试" * 31, "name_too_long"),
        ("of digits", "12345", "name_without_letter"),
        ("with an emoji", "试甲😀", "name_character"),
        ("as markup", "<b>试甲</b>", "name_character"),
        ("as a formula", "=1+1", "name_character"),
    )),
    Case("name with half a character", worker(name="试\ud842"), malformed()),
    *(Case(f"identity number {name}", worker(document_number=text), field("/members/0/document_number", fault)) for name, text, fault in (
        ("with a wrong check digit", "110105194912310021", "id_check_digit"),
        ("with a letter", "1101O519491231002X", "id_character"),
        ("with zero-width space", "110105\u200b19491231002X", "id_length"),
        ("that begins with 0", "010105194912310028", "id_never_assigned"),
        ("born on 30 February", id_number("19900230"), "id_date"),
        ("born in month 13", id_number("19901301"), "id_date"),
        ("born in the future", id_number(LATER), "id_date_in_future"),
        ("of 15 digits", "130102900101123", "id_fifteen_digits"),
        ("of 17 digits", id_number()[:-1], "id_length"),
        ("in full-width digits", id_number().translate({ord("0") + d: ord("０") + d for d in range(10)}), "id_character"),
        ("of nothing", "", "document_empty"),
        ("of a child", id_number("20150101"), "under_age"),
    )),
    Case("fictional number outside the demo", outside_demo(worker(document_number=id_number())), field("/members/0/document_number", "id_never_assigned")),
    Case("born on 30 February, with a passport", worker(document_type="passport", document_number="E12345678", birth_date="1990-02-30"), field("/members/0/birth_date", "date_invalid")),
    Case("born in the future, with a passport", worker(document_type="passport", document_number="E12345678", birth_date="2999-01-01"), field("/members/0/birth_date", "birth_in_future")),
    Case("birth that contradicts the number", worker(document_number=id_number("19900101"), birth_date="1990-01-02"), field("/members/0/birth_date", "birth_contradicts_document")),
    Case("sex that contradicts the number", worker(document_number=id_number(male=True), sex="F"), field("/members/0/sex", "sex_contradicts_document")),
    Case("telephone of nine digits", worker(mobile="138123456"), field("/members/0/mobile", "mobile_invalid")),
    Case("post with zero-width space", worker(post="焊\u200b工"), field("/members/0/post", "name_invalid")),
    Case("document of an unknown kind", worker(document_type="library_card"), malformed("/members/0/document_type")),
    Case("member with an unknown field", worker(rank=1), malformed("/members/0")),
    Case("nobody in the entry", register(members=[]), malformed("/members")),
    Case("two in an individual item", register(members=lambda _: [{"name": "试甲", "document_number": id_number()}, {"name": "试乙", "document_number": id_number()}]), field("/members", "wrong_team_size")),
    Case("known number, other name", worker(document_number=lambda s: s.entered, name="试乙"), problem(409, "document_of_another_name")),
    Case("person entered by another unit", entered_elsewhere, problem(409, "person_already_entered")),
    Case("item of another contest", register(item=lambda s: encode_id("item", s.shut.contest.item)), field("/item", "item_unknown")),
    Case("unknown delegation", register(delegation=encode_id("delegation", uuid4())), field("/delegation", "delegation_unknown")),
    Case("slot that is none", register(slot=encode_id("slot", uuid4())), problem(409, "slot_of_another")),
    Case("registration has closed", register(lambda s: s.shut), problem(409, "registration_closed")),
    Case("delegation is full", register(lambda s: s.full, delegation=lambda s: s.delegation), problem(409, "delegation_full")),
    Case("item is full", register(lambda s: s.full), problem(409, "item_full")),
)  # fmt: skip

CONTESTS = (
    Case("contest begins on 30 February", create_contest(starts_on="2021-02-30"), field("/starts_on", "date_invalid")),
    Case("contest begins on 29 February 2021", create_contest(starts_on="2021-02-29"), field("/starts_on", "date_invalid")),
    Case("registration closes at 25:00", create_contest(registration_closes_at="2021-02-26T25:00"), field("/registration_closes_at", "date_invalid")),
    Case("registration closes at 24:01", create_contest(registration_closes_at="2021-02-26T24:01"), field("/registration_closes_at", "date_invalid")),
    Case("registration closes at 12:60", create_contest(registration_closes_at="2021-02-26T12:60"), field("/registration_closes_at", "date_invalid")),
    Case("day in full-width digits", create_contest(starts_on="２０２１-03-01"), field("/starts_on", "date_invalid")),
    Case("day as officials say it", create_contest(starts_on="3月1日"), field("/starts_on", "date_invalid")),
    Case("contest ends before it begins", create_contest(starts_on="2021-03-03", ends_on="2021-03-01"), field("/ends_on", "period_empty")),
    Case("registration ends when it begins", create_contest(registration_opens_at="2021-02-27T00:00"), field("/registration_closes_at", "period_empty")),
    Case("unknown preset", create_contest(preset_id=encode_id("preset", uuid4())), field("/preset_id", "reference_unknown")),
    Case("item that the preset has not", create_contest(items=["fitter", "alchemist"]), field("/items/1", "item_not_in_preset")),
    Case("contest of a hidden name", create_contest(name_zh="大赛\u202e"), field("/name_zh", "name_invalid")),
    Case("contest of a name of 101 characters", create_contest(name_zh="赛" * 101), field("/name_zh", "name_invalid")),
    Case("region of five digits", create_contest(region_code="13010"), malformed("/region_code")),
    Case("unknown region", create_contest(region_code="999999"), problem(422, "region_unknown")),
    Case("host that does not exist", create_contest(host_id=encode_id("organisation", uuid4())), problem(404, "not_found")),
    Case("address with capitals", change_draft(slug="Hebei"), malformed("/slug")),
    Case("path that the preset locks", change_draft(notice_days=3), field("/notice_days", "preset_locked")),
    Case("notice period below zero", change_draft(notice_days=-1), malformed("/notice_days")),
    Case("contest runs before it is published", ask(an_organiser, "POST", lambda s: f"{draft(s)}/transitions", {"to": "running"}, rev='"r1"'), problem(409, "forbidden_transition")),
    Case("cancelled without a reason", ask(an_organiser, "POST", lambda s: f"{draft(s)}/transitions", {"to": "cancelled"}, rev='"r1"'), problem(422, "contest_reason_missing")),
    Case("filed on 31 April", ask(an_organiser, "POST", lambda s: f"{draft(s)}/filings", {"authority_id": NEVER.replace("sea", "org"), "number": "1", "filed_on": "2021-04-31"}), field("/filed_on", "date_invalid")),
    Case("season in no time zone", create_season(timezone="Asia/Atlantis"), field("/timezone", "date_invalid")),
    Case("weights that add up to 90 %", add_item(plan_with_weights("0.3", "0.6")), field("/plan/total", "weights_sum")),
    Case("weight below zero", add_item(plan_with_weights("-0.3", "1.3")), field("/plan/total", "weight_not_positive")),
    Case("weight of 1e400", add_item(plan_with_weights("1e400", "0.7")), field("/plan/total", "number_unusable")),
    Case("weight of NaN", add_item(plan_with_weights("NaN", "0.7")), field("/plan/total", "number_unusable")),
    Case("all marks dropped", add_item(plan_with_panel(size=2)), field("/plan/total/practical", "panel_drop")),
    Case("plan 33 deep", add_item(plan_of_depth(33)), field(f"/plan/{levels(33)}", "too_deep")),
    Case("plan 300 deep", add_item(plan_of_depth(300)), field(f"/plan/{levels(300)}", "too_deep")),
    Case("plan of an unknown part", add_item({**plan_document(), "root": {"node": "guess", "key": "x", "title": "x"}}), malformed("/plan/root/node")),
    Case("item of an unknown trade", add_item(plan_document(), trade="alchemist"), problem(422, "trade_unknown")),
)  # fmt: skip

THEORY = (
    *(Case(f"theory mark {text!r}", theory(value=text), row("decimal_invalid")) for text in ("NaN", "1e400", "", "85分", "85,5", "=40+40")),
    Case("theory mark above the maximum", theory(value="100.5"), row("theory_value")),
    Case("theory mark off the step", theory(value="85.3"), row("theory_value")),
    Case("theory mark of an unknown number", theory(number="QT-0"), row("entry_unknown")),
    Case("theory mark in no part", theory(node="practical"), row("theory_node_unknown")),
    Case("theory mark as a number", theory(value=85), malformed("/rows/0/value")),
    Case("theory file with 1e400", theory_file(csv_of("1e400")), row("decimal_invalid")),
    Case("theory file out of range", theory_file(csv_of("101")), row("theory_value")),
    Case("theory file with a formula", theory_file(csv_of("=40+40")), row("decimal_invalid")),
    Case("workbook with a formula", theory_file(workbook_with_formula, XLSX), row("decimal_invalid")),
    Case("workbook that unpacks to 100 MB", theory_file(bomb, XLSX), problem(413, "file_unpacks_too_large")),
    Case("workbook that is none", theory_file(b"PK\x03\x04 no archive", XLSX), problem(422, "file_unreadable")),
    Case("picture", theory_file(b"\x89PNG", "image/png"), problem(415, "unsupported_media_type")),
    Case("file of nothing", theory_file(b""), problem(422, "file_empty")),
    Case("file without marks", theory_file("参赛号\nQT-1\n".encode()), field("/columns", "column_missing")),
    Case("file with an unknown column", theory_file("参赛号,成绩,颜色\nQT-1,80,红\n".encode()), field("/columns/3", "column_unknown")),
    Case("file with NUL", theory_file(csv_of("8\x000")), problem(422, "file_unreadable")),
)  # fmt: skip

ACCESS = (
    Case("wrong password", ask(anybody, "POST", "/sign-in", lambda s: {"login": s.login, "password": "falsch"}), problem(401, "sign_in_failed")),
    Case("unknown login", ask(anybody, "POST", "/sign-in", {"login": "nobody", "password": "falsch"}), problem(401, "sign_in_failed")),
    Case("link used before", ask(anybody, "POST", "/sign-in/link", lambda s: {"token": s.spent_link}), problem(401, "link_spent")),
    Case("link that never was", ask(anybody, "POST", "/sign-in/link", {"token": "x\x00y"}), problem(401, "link_spent")),
    Case("token with an unknown scope", token("read", "everything"), field("/scopes/1", "token_scope")),
    Case("token with a right not held", token("award.decide"), field("/scopes/0", "token_scope")),
    Case("token for 0 days", token("read", days=0), malformed("/days")),
    Case("grant of an unknown role", ask(an_organiser, "POST", "/grants", {"account_id": NEVER, "role": "king", "scope_kind": "contest", "scope_id": NEVER}), malformed("/role")),
    Case("grant of no zone", grant(valid_to="2099-01-01T00:00:00"), field("/valid_to", "grant_zone")),
    Case("grant until the year 1", grant(valid_to="0001-01-01T00:00:00Z"), field("/valid_to", "grant_period")),
    Case("grant until 30 February", grant(valid_to="2099-02-30T00:00:00Z"), malformed("/valid_to")),
    Case("grant for a hidden reason", grant(reason="代\u200b理"), field("/reason", "name_invalid")),
    Case("account with a hidden name", account(display_name="王\u2066五"), field("/display_name", "name_invalid")),
    Case("account with capitals", account(login="Wang"), malformed("/login")),
    Case("not signed in", ask(anybody, "GET", "/contests"), problem(401, "not_signed_in")),
    Case("made by a token that is none", ask(anybody, "GET", "/me"), problem(401, "not_signed_in")),
)  # fmt: skip

ORGANISATIONS = (
    *(Case(f"organisation {name}", organisation(**fields), expected) for name, fields, expected in (
        ("with a short name of 17 characters", {"short_name": "短" * 17}, field("/short_name", "name_invalid")),
        ("with a hidden name", {"name_zh": "工会\u200f"}, field("/name_zh", "name_invalid")),
        ("of an unknown kind", {"kind": "club"}, malformed("/kind")),
        ("in an unknown region", {"region_code": "999999"}, problem(422, "region_unknown")),
        ("with a credit code of another check character", {"credit_code": "91350100M000100Y44"}, field("/credit_code", "credit_code_invalid")),
        ("with a credit code of 17 characters", {"credit_code": "91350100M000100Y4"}, field("/credit_code", "credit_code_invalid")),
        ("from 30 February", {"valid_from": "2021-02-30"}, field("/valid_from", "date_invalid")),
        ("below none", {"parent_id": encode_id("organisation", UUID(int=7))}, problem(404, "not_found")),
    )),
    Case("regions on 31 June", ask(anybody, "GET", "/regions?on=2021-06-31"), field("/on", "date_invalid")),
    Case("regions below half a code", ask(anybody, "GET", "/regions?parent=13"), problem(400, "invalid_parameter", "/parent", "malformed_field")),
)  # fmt: skip

JUDGING = (
    Case("session that ends before it begins", judging_session(ends_at="2021-02-01T12:00:00+08:00"), problem(422, "session_period")),
    Case("session at 25:00", judging_session(ends_at="2021-03-01T25:00:00+08:00"), malformed("/ends_at")),
    Case("session without a zone", judging_session(ends_at="2021-03-01T12:00:00"), malformed("/ends_at")),
    Case("session with no station", judging_session(stations=0), malformed("/stations")),
    Case("session with a hidden name", judging_session(name_zh="第1场\u2028"), field("/name_zh", "name_invalid")),
    Case("session of another item's panel", judging_session(panel=encode_id("panel", UUID(int=7))), problem(404, "not_found")),
    Case("judge with a code of another form", ask(lambda s: s.marking_organiser, "POST", lambda s: f"/contests/{encode_id('contest', s.marking.contest.contest)}/judges", {"account": NEVER, "code": "a1"}), malformed("/code")),
    Case("panel of nobody known", ask(lambda s: s.marking_organiser, "POST", lambda s: f"/items/{encode_id('item', s.marking.contest.item)}/panels", {"name": "乙组", "seats": [{"judge": encode_id("judge", UUID(int=7))}]}), field("/seats/0/judge", "judge_unknown")),
    Case("sheet submitted with gaps", move_sheet(to="submitted", seq=0), problem(409, "sheet_incomplete")),
    Case("sheet submitted as it never was", move_sheet(to="submitted", seq=5), problem(409, "sheet_moved")),
    Case("sheet at a number of 30 digits", move_sheet(to="submitted", seq=10**30), problem(409, "sheet_moved")),
    Case("sheet signed by a judge who may not sign", move_sheet(to="signed", seq=0), problem(404, "not_found")),
    Case("draw after a session has begun", ask(lambda s: s.marking_organiser, "POST", lambda s: f"/items/{encode_id('item', s.marking.contest.item)}/draws", {}), problem(409, "draw_not_possible")),
)  # fmt: skip

FILES = (
    Case("list of entries in an unknown mode", entries_file(b"x", "?mode=perhaps"), problem(400, "invalid_parameter", "/mode", "malformed_field")),
    Case("list of entries in no format", entries_file(b"x", media_type="application/pdf"), problem(415, "unsupported_media_type")),
    Case("list of entries that is no workbook", entries_file(b"x", media_type=XLSX), problem(422, "file_unreadable")),
    Case("list of entries that unpacks to 100 MB", entries_file(bomb, media_type=XLSX), problem(413, "file_unpacks_too_large")),
    Case("list of entries with NUL", entries_file("姓名\n试\x00甲\n".encode()), problem(422, "file_unreadable")),
    Case("list of entries of broken JSON lines", entries_file(b'{"name": ', media_type="application/x-ndjson"), problem(422, "file_unreadable")),
    Case("list of entries with an unknown column", entries_file("颜色\n红\n".encode()), problem(422, "column_unknown")),
    Case("list of 10,001 entries", entries_file(("姓名\n" + "试甲\n" * 10_001).encode()), problem(413, "file_too_many_rows")),
    Case("job that is none", ask(a_unit, "GET", f"/jobs/{encode_id('job', UUID(int=7))}"), problem(404, "not_found")),
    Case("person erased without a reason", ask(lambda s: s.administrator, "POST", f"/people/{encode_id('person', UUID(int=7))}/erasure", {}), malformed()),
    Case("number revealed for a hidden reason", ask(an_organiser, "POST", f"/people/{encode_id('person', UUID(int=7))}/reveal", {"reason": "\u200b"}), problem(404, "not_found")),
)  # fmt: skip

PLUMBING = (
    Case("unknown query parameter", ask(an_organiser, "GET", seasons("yaer=2021")), problem(400, "unknown_parameter")),
    Case("version passed by", rename('"r99"'), problem(412, "stale")),
    Case("no If-Match", rename(None), problem(428, "precondition_required")),
    *(Case(f"If-Match {brief(tag)}", rename(tag), problem(412, "stale")) for tag in ("abc", "*", 'W/"r1"', '"r-1"', '"r1", "r2"', '"r' + "9" * 40 + '"', '"r9999999999"')),
    Case("key of another body", create_contest(key=lambda s: s.used_key, name_zh="另一个大赛"), problem(422, "idempotency_key_reused")),
    Case("no key", ask(an_organiser, "POST", "/seasons", {}, key=None), problem(400, "idempotency_key_missing")),
    Case("key of 201 characters", create_contest(key="k" * 201), problem(400, "invalid_parameter")),
    # A cursor holds the time it was made, which is no name for a case.
    *(Case(f"forged cursor {number}", ask(an_organiser, "GET", seasons(f"cursor={text}")), problem(400, "invalid_parameter")) for number, text in enumerate((
        "forged", "%00", "%FF", encode_cursor([]), encode_cursor(["x", NEVER]), encode_cursor(["2021", "x"]), encode_cursor(["9" * 30, NEVER]), encode_cursor(["1", "2", "3"]),
    ))),
    Case("cursor of the day before yesterday", ask(an_organiser, "GET", seasons(f"cursor={OLD_CURSOR}")), problem(410, "cursor_expired")),
    *(Case(f"limit {text}", ask(an_organiser, "GET", seasons(f"limit={text}")), problem(400, "invalid_parameter", "/limit", "malformed_field")) for text in ("0", "501", "-1", "abc", "1.5", "%F0")),
    Case("filter that is not in the list", ask(an_organiser, "GET", "/contests?tier=village"), problem(400, "invalid_parameter", "/tier", "malformed_field")),
    Case("search for NUL", ask(an_organiser, "GET", "/contests?q=%00"), problem(400, "invalid_parameter")),
    Case("syntax error", raw_body(b'{"year": 2021,}'), malformed()),
    Case("body cut off", raw_body(b'{"year": 20'), malformed()),
    Case("no body", raw_body(b""), malformed()),
    Case("two bodies", raw_body(b"{} {}"), malformed()),
    Case("list for an object", raw_body(b"[]"), malformed()),
    Case("null for an object", raw_body(b"null"), malformed()),
    Case("100,000 arrays", raw_body(b"[" * 100_000 + b"]" * 100_000), malformed()),
    Case("100,000 objects", raw_body(b'{"a":' * 100_000 + b"1" + b"}" * 100_000), malformed()),
    Case("body of 2 MB", raw_body(b'{"name_zh": "' + b"x" * 2_000_000 + b'"}'), problem(413, "body_too_large")),
    Case("number of 5,000 digits", raw_body(b'{"year": ' + b"9" * 5_000 + b"}"), malformed()),
    Case("name twice", raw_body(b'{"year": 2021, "year": 2022}'), malformed()),
    Case("UTF-8 that is none", raw_body(b'{"name_zh": "\xff\xfe"}'), malformed()),
    Case("GB 18030 for UTF-8", raw_body('{"name_zh": "大赛"}'.encode("gb18030"), "application/json; charset=gb18030"), malformed()),
    Case("UTF-16", raw_body('{"name_zh": "大赛"}'.encode("utf-16")), malformed()),
    Case("byte order mark", raw_body(b'\xef\xbb\xbf{"year": 2021}'), malformed()),
    Case("form for JSON", raw_body(b"year=2021", "application/x-www-form-urlencoded"), problem(415, "unsupported_media_type")),
    Case("text for JSON", raw_body(b"{}", "text/plain"), problem(415, "unsupported_media_type")),
    Case("id of another kind", ask(an_organiser, "GET", lambda s: f"/contests/{s.province.season}"), problem(404, "not_found")),
    Case("unknown id", ask(an_organiser, "GET", f"/seasons/{NEVER}"), problem(404, "not_found")),
    *(Case(f"id {brief(text)}", ask(an_organiser, "GET", f"/seasons/{text}"), problem(404, "not_found")) for text in ("1", "sea_", "sea_" + "Z" * 26, "sea_" + "0" * 10_000, "%00", "..%2f..%2fetc%2fpasswd", "%F0%9F%98%80", "'%20OR%201=1")),
    Case("address with NUL", ask(anybody, "GET", "/public/contests/%00"), problem(404, "not_found")),
    Case("method that the address does not take", ask(an_organiser, "DELETE", season), problem(405, "method_not_allowed")),
    Case("address that is none", ask(an_organiser, "GET", "/nothing"), problem(404, "not_found")),
)  # fmt: skip

RESULTS = (
    Case("step left out", publication("confirmed", "final", '"r3"'), problem(409, "forbidden_transition")),
    Case("number of ranked typed wrongly", publication("confirmed", "provisional", '"r3"', ranked=99), problem(422, "ranked_count_differs")),
    Case("withdrawn without a reason", publication("final", "withdrawn", '"r5"'), problem(422, "reason_needed")),
    Case("withdrawn for a hidden reason", publication("final", "withdrawn", '"r5"', reason="错\u202e误"), field("/reason", "name_invalid")),
    Case("withdrawn for spaces", publication("final", "withdrawn", '"r5"', reason="  "), problem(422, "reason_needed")),
    Case("unknown step", publication("confirmed", "deleted", '"r3"'), malformed("/to")),
    Case("closed with sheets unsigned", ask(lambda s: s.marking_organiser, "POST", lambda s: f"/items/{encode_id('item', s.marking.contest.item)}/publication/transitions", {"to": "closed"}, rev='"r1"'), problem(409, "sheets_unsigned")),
    Case("places before the result is final", ask(lambda s: s.organiser, "POST", lambda s: f"/items/{encode_id('item', s.confirmed.item)}/slots", {}), problem(409, "result_not_final")),
    Case("places with nowhere to go", ask(lambda s: s.final_organiser, "POST", lambda s: f"/items/{encode_id('item', s.final.item)}/slots", {}), problem(409, "no_next_tier")),
    Case("places to be answered on a day without zone", ask(lambda s: s.final_organiser, "POST", lambda s: f"/items/{encode_id('item', s.final.item)}/slots", {"answer_by": "2021-03-01T12:00:00"}), malformed("/answer_by")),
    Case("answer to no place", ask(lambda s: s.organiser, "POST", f"/slots/{encode_id('slot', uuid4())}/transitions", {"to": "accepted"}, rev='"r1"'), problem(404, "not_found")),
    Case("awards before the result is final", ask(lambda s: s.organiser, "POST", lambda s: f"/contests/{encode_id('contest', s.confirmed.contest)}/award-proposals", {}), problem(409, "result_not_final")),
    *(Case(f"award refused for {reason!r}", ask(lambda s: s.authority, "POST", lambda s: f"/proposals/{s.proposal}/decisions", {"decision": "refused", "reason": reason}), problem(422, "reason_needed")) for reason in (None, "", "  ")),
    Case("award refused with a hidden reason", ask(lambda s: s.authority, "POST", lambda s: f"/proposals/{s.proposal}/decisions", {"decision": "refused", "reason": "理由\x00"}), field("/reason", "name_invalid")),
    Case("decision on a version below zero", ask(lambda s: s.authority, "POST", lambda s: f"/proposals/{s.proposal}/decisions", {"decision": "granted", "base_rev": -1}), malformed("/base_rev")),
    Case("decision on another version", ask(lambda s: s.authority, "POST", lambda s: f"/proposals/{s.proposal}/decisions", {"decision": "granted", "base_rev": 3}), problem(409, "decision_changed")),
)  # fmt: skip

CASES = (
    *MARKS,
    *REGISTRATION,
    *CONTESTS,
    *THEORY,
    *ACCESS,
    *ORGANISATIONS,
    *JUDGING,
    *FILES,
    *PLUMBING,
    *RESULTS,
)
