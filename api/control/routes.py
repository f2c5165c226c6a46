"""Corrections, rechecks, sign-offs, spreads and the control room over HTTP."""

from typing import Any

from litestar import Response, get, post
from litestar.params import FromPath, JSONBody

from api.control.commands import corrections, rechecks, spreads
from api.control.commands import sign_off as signing
from api.control.queries import corrections as correction_queries
from api.control.queries.rechecks import rechecks_of_item
from api.control.queries.room import control_room
from api.control.queries.sign_off import signed_version
from api.control.queries.spreads import spreads_of_session
from api.control.schemas import (
    AskCorrection,
    ConfirmCorrection,
    ControlRoom,
    Correction,
    CorrectionPreview,
    DecideSpread,
    MakeRecheck,
    NewMark,
    Rechecks,
    Reconsider,
    RecordCheck,
    RefuseCorrection,
    SessionSpreads,
    SignedVersion,
    SignOff,
)
from api.dependencies import FromActor, FromDb, FromOnce
from api.judging.avoidance import ConflictOfJudge
from api.judging.queries.conflicts import conflicts_of_item
from api.plumbing.ids import parse_id


@post("/sheets/{sheet_id:str}/correction-preview", opt={"right": "correction.ask"}, status_code=200)
async def preview_correction(
    db: FromDb, actor: FromActor, sheet_id: FromPath[str], data: JSONBody[NewMark]
) -> CorrectionPreview:
    """Old and new mark of a closed sheet, and every rank, place and award that the new one would move. Nothing is written."""
    return await correction_queries.preview_correction(db, actor, parse_id("sheet", sheet_id), data)


@post("/sheets/{sheet_id:str}/corrections", opt={"right": "correction.ask"})
async def ask_correction(
    db: FromDb, actor: FromActor, once: FromOnce, sheet_id: FromPath[str], data: JSONBody[AskCorrection]
) -> Response[bytes]:
    """Ask for a correction, with a reason. It is made once somebody else confirms it; one of the two is the chief judge."""
    sheet = parse_id("sheet", sheet_id)
    return await once.answer(lambda: corrections.ask_correction(db, actor, sheet, data))


@get("/items/{item_id:str}/corrections", opt={"right": "correction.read"})
async def list_corrections(db: FromDb, actor: FromActor, item_id: FromPath[str]) -> list[Correction]:
    """The corrections of an item, those that wait first; what one would move is told by itself only."""
    return await correction_queries.corrections_of_item(db, actor, parse_id("item", item_id))


@get("/corrections/{correction_id:str}", opt={"right": "correction.read"})
async def show_correction(db: FromDb, actor: FromActor, correction_id: FromPath[str]) -> Response[Correction]:
    """One correction with everything that it moves."""
    found = await correction_queries.correction_by_id(db, actor, parse_id("correction", correction_id))
    return Response(found, headers={"Cache-Control": "no-store"})


@post("/corrections/{correction_id:str}/confirmation", opt={"right": "correction.confirm"})
async def confirm_correction(
    db: FromDb,
    actor: FromActor,
    once: FromOnce,
    correction_id: FromPath[str],
    data: JSONBody[ConfirmCorrection | None] = None,
) -> Response[bytes]:
    """Make, as the second person, the correction that somebody else asked for: a new revision of the mark, and a new standing.

    A body is needed only where the result has become public since, and nobody has written the public note yet.
    """
    correction, given = parse_id("correction", correction_id), data or ConfirmCorrection()
    return await once.answer(lambda: corrections.confirm_correction(db, actor, correction, given))


@post("/corrections/{correction_id:str}/refusal", opt={"right": "correction.read"})
async def refuse_correction(
    db: FromDb,
    actor: FromActor,
    once: FromOnce,
    correction_id: FromPath[str],
    data: JSONBody[RefuseCorrection],
) -> Response[bytes]:
    """Let a correction be, with the reason: whoever may confirm it, or whoever asked."""
    correction = parse_id("correction", correction_id)
    return await once.answer(lambda: corrections.refuse_correction(db, actor, correction, data))


@get("/items/{item_id:str}/recheck", opt={"right": "recheck.read"})
async def show_recheck(db: FromDb, actor: FromActor, item_id: FromPath[str]) -> Rechecks:
    """Whether the item's rule asks for a recheck, the sample with its seed, and how far it is."""
    return await rechecks_of_item(db, actor, parse_id("item", item_id))


@post("/items/{item_id:str}/recheck", opt={"right": "recheck.make"})
async def make_recheck(
    db: FromDb, actor: FromActor, once: FromOnce, item_id: FromPath[str], data: JSONBody[MakeRecheck]
) -> Response[bytes]:
    """Draw the sample once every sheet is submitted; later, add who has come up to the top since."""
    item = parse_id("item", item_id)
    return await once.answer(lambda: rechecks.make_recheck(db, actor, item, data))


@post("/rechecks/{recheck_id:str}/checks/{key:str}", opt={"right": "recheck.record"})
async def record_check(
    db: FromDb,
    actor: FromActor,
    once: FromOnce,
    recheck_id: FromPath[str],
    key: FromPath[str],
    data: JSONBody[RecordCheck],
) -> Response[bytes]:
    """Record what checking one entry came to. More errors than the rule allows: every entry is to be checked."""
    recheck = parse_id("recheck", recheck_id)
    return await once.answer(lambda: rechecks.record_check(db, actor, recheck, key, data))


@get("/items/{item_id:str}/sign-off", opt={"right": "standings.read"})
async def show_sign_off(db: FromDb, actor: FromActor, item_id: FromPath[str]) -> Response[SignedVersion]:
    """The latest version of the result by number and hash, and whether the chief judge's signature under it holds."""
    found = await signed_version(db, actor, parse_id("item", item_id))
    return Response(found, headers={"Cache-Control": "no-store"})


@post("/items/{item_id:str}/sign-off", opt={"right": "result.sign_off"})
async def sign_off(
    db: FromDb, actor: FromActor, once: FromOnce, item_id: FromPath[str], data: JSONBody[SignOff]
) -> Response[bytes]:
    """Sign one version as chief judge. A mark that comes afterwards makes the signature void."""
    item = parse_id("item", item_id)
    return await once.answer(lambda: signing.sign_off(db, actor, item, data))


@get("/sessions/{session_id:str}/control", opt={"right": "control.read"})
async def show_control_room(db: FromDb, actor: FromActor, session_id: FromPath[str]) -> Response[ControlRoom]:
    """A session as those see it who run it: stations × judges, tablets, spreads and hands. Changes are told by the contest's events."""
    found = await control_room(db, actor, parse_id("session", session_id))
    return Response(found, headers={"Cache-Control": "no-store"})


@get("/sessions/{session_id:str}/spreads", opt={"right": "sheet.read"})
async def show_spreads(db: FromDb, actor: FromActor, session_id: FromPath[str]) -> Response[SessionSpreads]:
    """Where judges lie further apart than the rules allow. Others' marks are absent until every judge of the station has submitted."""
    found = await spreads_of_session(db, actor, parse_id("session", session_id))
    return Response(found, headers={"Cache-Control": "no-store"})


@post("/sheets/{sheet_id:str}/reconsideration", opt={"right": "sheet.mark"})
async def reconsider_mark(
    db: FromDb, actor: FromActor, once: FromOnce, sheet_id: FromPath[str], data: JSONBody[Reconsider]
) -> Response[bytes]:
    """Change a mark of your own on which the panel lies apart; the sheet stays submitted."""
    sheet = parse_id("sheet", sheet_id)
    return await once.answer(lambda: spreads.reconsider_mark(db, actor, sheet, data))


@post("/sessions/{session_id:str}/spread-decisions", opt={"right": "spread.decide"})
async def decide_spread(
    db: FromDb, actor: FromActor, once: FromOnce, session_id: FromPath[str], data: JSONBody[DecideSpread]
) -> Response[bytes]:
    """Let the marks of a spread stand, as chief judge, with the reason."""
    session = parse_id("session", session_id)
    return await once.answer(lambda: spreads.decide_spread(db, actor, session, data))


@get("/items/{item_id:str}/conflicts", opt={"right": "panel.read"})
async def list_conflicts(db: FromDb, actor: FromActor, item_id: FromPath[str]) -> list[ConflictOfJudge]:
    """Judges with a seat or a sheet who come from the unit of a contestant, as far as is known now."""
    return await conflicts_of_item(db, actor, parse_id("item", item_id))


ROUTES: list[Any] = [
    show_control_room,
    show_spreads,
    reconsider_mark,
    decide_spread,
    list_conflicts,
    preview_correction,
    ask_correction,
    list_corrections,
    show_correction,
    confirm_correction,
    refuse_correction,
    show_recheck,
    make_recheck,
    record_check,
    show_sign_off,
    sign_off,
]
