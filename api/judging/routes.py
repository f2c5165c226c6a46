"""JSON handlers of judging."""

import asyncio
from typing import Annotated, Any

import msgspec
from litestar import Request, Response, get, post, put
from litestar.datastructures import State
from litestar.params import FromPath, FromQuery, HeaderParameter, JSONBody

from api.dependencies import FromActor, FromDb, FromIfMatch, FromOnce
from api.jobs.schemas import Mode
from api.jobs.sheets import read_sheet
from api.judging import theory_files
from api.judging.commands import draws, panels, sessions, sheets, theory
from api.judging.commands.marks import enter_marks
from api.judging.queries import draws as draw_queries
from api.judging.queries import judges as judge_queries
from api.judging.queries import sessions as session_queries
from api.judging.queries import sheets as sheet_queries
from api.judging.queries.theory import theory_marks_of_item
from api.judging.schemas import (
    AddJudge,
    AskRedraw,
    CreatePanel,
    CreateSession,
    Draw,
    EnterMarks,
    EnterTheory,
    Judge,
    MakeDraw,
    MarksReceipt,
    MoveSession,
    MoveSheet,
    Panel,
    Redraw,
    ReplaceJudge,
    Session,
    SetSeats,
    Sheet,
    StationGrid,
    TheoryMark,
)
from api.organisations.parameters import Cursor, PageLimit
from api.plumbing.etags import etag
from api.plumbing.ids import parse_id
from api.plumbing.paging import DEFAULT_LIMIT, Page


@post("/contests/{contest_id:str}/judges", opt={"right": "panel.change"})
async def add_judge(
    db: FromDb, actor: FromActor, once: FromOnce, contest_id: FromPath[str], data: JSONBody[AddJudge]
) -> Response[bytes]:
    """Make an account a judge of the contest; it gets the role with it."""
    return await once.answer(lambda: panels.add_judge(db, actor, parse_id("contest", contest_id), data))


@get("/contests/{contest_id:str}/judges", opt={"right": "panel.read"})
async def list_judges(db: FromDb, actor: FromActor, contest_id: FromPath[str]) -> list[Judge]:
    """The judges of a contest."""
    return await judge_queries.judges_of_contest(db, actor, parse_id("contest", contest_id))


@post("/items/{item_id:str}/panels", opt={"right": "panel.change"})
async def create_panel(
    db: FromDb, actor: FromActor, once: FromOnce, item_id: FromPath[str], data: JSONBody[CreatePanel]
) -> Response[bytes]:
    """Make a panel, with its judges or without."""
    return await once.answer(lambda: panels.create_panel(db, actor, parse_id("item", item_id), data))


@get("/items/{item_id:str}/panels", opt={"right": "panel.read"})
async def list_panels(db: FromDb, actor: FromActor, item_id: FromPath[str]) -> list[Panel]:
    """The panels of an item; `rev` of each makes its If-Match."""
    return await judge_queries.panels_of_item(db, actor, parse_id("item", item_id))


@put("/panels/{panel_id:str}/judges", opt={"right": "panel.change"})
async def set_seats(
    db: FromDb, actor: FromActor, base_rev: FromIfMatch, panel_id: FromPath[str], data: JSONBody[SetSeats]
) -> Response[Panel]:
    """Name a panel's judges afresh; needs If-Match."""
    panel = await panels.set_seats(db, actor, parse_id("panel", panel_id), data, base_rev)
    return Response(panel, headers={"ETag": etag(panel.rev)})


@post("/panels/{panel_id:str}/replacements", opt={"right": "panel.change"}, status_code=200)
async def replace_judge(
    db: FromDb, actor: FromActor, base_rev: FromIfMatch, panel_id: FromPath[str], data: JSONBody[ReplaceJudge]
) -> Response[Panel]:
    """Put another judge on a seat, also after the draw, with a reason; needs If-Match. Marks stay with whoever gave them."""
    panel = await panels.replace_judge(db, actor, parse_id("panel", panel_id), data, base_rev)
    return Response(panel, headers={"ETag": etag(panel.rev)})


@post("/items/{item_id:str}/sessions", opt={"right": "panel.change"})
async def create_session(
    db: FromDb, actor: FromActor, once: FromOnce, item_id: FromPath[str], data: JSONBody[CreateSession]
) -> Response[bytes]:
    """Plan a judging session."""
    return await once.answer(lambda: sessions.create_session(db, actor, parse_id("item", item_id), data))


@get("/items/{item_id:str}/sessions", opt={"right": "session.read"})
async def list_sessions(db: FromDb, actor: FromActor, item_id: FromPath[str]) -> list[Session]:
    """The judging sessions of an item."""
    return await session_queries.sessions_of_item(db, actor, parse_id("item", item_id))


@get("/sessions", opt={"right": "session.read"})
async def list_my_sessions(db: FromDb, actor: FromActor) -> list[Session]:
    """The judging sessions in which you have sheets."""
    return await session_queries.my_sessions(db, actor)


@post("/sessions/{session_id:str}/transitions", opt={"right": "session.run"}, status_code=200)
async def move_session(
    db: FromDb,
    actor: FromActor,
    base_rev: FromIfMatch,
    session_id: FromPath[str],
    data: JSONBody[MoveSession],
) -> Response[Session]:
    """Start, pause, resume, close or reopen a session; needs If-Match."""
    session = await sessions.move_session(db, actor, parse_id("session", session_id), data, base_rev)
    return Response(session, headers={"ETag": etag(session.rev)})


@get("/sessions/{session_id:str}/stations", opt={"right": "session.read"})
async def show_stations(db: FromDb, actor: FromActor, session_id: FromPath[str]) -> Response[StationGrid]:
    """The stations of a session with the state of their sheets: a judge's own, or all for those who run it."""
    grid = await session_queries.station_grid(db, actor, parse_id("session", session_id))
    return Response(grid, headers={"ETag": etag(grid.session.rev), "Cache-Control": "no-store"})


@post("/items/{item_id:str}/draws", opt={"right": "draw.make"})
async def make_draw(
    db: FromDb, actor: FromActor, once: FromOnce, item_id: FromPath[str], data: JSONBody[MakeDraw]
) -> Response[bytes]:
    """Draw all sessions of an item: who works where. It makes the sheets. A second draw is asked for as a redraw."""
    del data
    return await once.answer(lambda: draws.make_draw(db, actor, parse_id("item", item_id)))


@post("/items/{item_id:str}/redraws", opt={"right": "draw.make"})
async def ask_redraw(
    db: FromDb, actor: FromActor, once: FromOnce, item_id: FromPath[str], data: JSONBody[AskRedraw]
) -> Response[bytes]:
    """Ask for a redraw, with a reason. It is made once somebody else confirms it."""
    return await once.answer(lambda: draws.ask_redraw(db, actor, parse_id("item", item_id), data))


@get("/items/{item_id:str}/redraws", opt={"right": "draw.read"})
async def list_redraws(db: FromDb, actor: FromActor, item_id: FromPath[str]) -> list[Redraw]:
    """The redraws that wait for a second person."""
    return await draw_queries.redraws_of_item(db, actor, parse_id("item", item_id))


@post("/redraws/{redraw_id:str}/confirmation", opt={"right": "draw.confirm"})
async def confirm_redraw(
    db: FromDb, actor: FromActor, once: FromOnce, redraw_id: FromPath[str]
) -> Response[bytes]:
    """Confirm, as the second person, a redraw that somebody else has asked for: it is drawn now, and the draw before it is void."""
    return await once.answer(lambda: draws.confirm_redraw(db, actor, parse_id("redraw", redraw_id)))


@get("/items/{item_id:str}/draws", opt={"right": "draw.read"})
async def list_draws(db: FromDb, actor: FromActor, item_id: FromPath[str]) -> list[Draw]:
    """Every draw of an item, with what is needed to replay it."""
    return await draw_queries.draws_of_item(db, actor, parse_id("item", item_id))


@get("/sheets/{sheet_id:str}", opt={"right": "sheet.read"})
async def show_sheet(db: FromDb, actor: FromActor, sheet_id: FromPath[str]) -> Response[Sheet]:
    """One sheet: its criteria with bounds and benchmarks, and what stands there now. Nameless."""
    sheet = await sheet_queries.sheet_for(db, actor, parse_id("sheet", sheet_id))
    return Response(sheet, headers={"Cache-Control": "no-store"})


@post("/sheets/{sheet_id:str}/marks:batch", opt={"right": "sheet.mark"}, status_code=200)
async def post_marks(
    request: Request[Any, Any, State],
    sheet_id: FromPath[str],
    data: JSONBody[EnterMarks],
    actor: FromActor,
    state: State,
) -> MarksReceipt:
    """Enter 1 to 50 marks on one sheet of yours. Each operation has its own result, with one code out of an ordered table.

    Needs neither Idempotency-Key nor If-Match: each operation's op_id and base_rev do it. Send the same operations again until
    they are answered; they count once.
    """
    # `data` is what the framework makes of the body, and it would take "0" for 0. A mark is read strictly or not at all.
    del data
    batch = msgspec.json.decode(await request.body(), type=EnterMarks)
    return await enter_marks(state.desk, actor, parse_id("sheet", sheet_id), batch)


@post("/sheets/{sheet_id:str}/transitions", opt={"right": "sheet.mark"}, status_code=200)
async def move_sheet(
    db: FromDb, actor: FromActor, sheet_id: FromPath[str], data: JSONBody[MoveSheet]
) -> Sheet:
    """Submit a sheet of yours; as chief judge sign one, or return it with a reason. `seq` is what you looked at."""
    return await sheets.move_sheet(db, actor, parse_id("sheet", sheet_id), data)


@get("/items/{item_id:str}/theory-marks", opt={"right": "theory.read"})
async def list_theory_marks(
    db: FromDb,
    actor: FromActor,
    item_id: FromPath[str],
    cursor: Cursor = None,
    limit: PageLimit = DEFAULT_LIMIT,
) -> Page[TheoryMark]:
    """The current theory marks of an item."""
    return await theory_marks_of_item(db, actor, parse_id("item", item_id), limit, cursor)


@post("/items/{item_id:str}/theory-marks", opt={"right": "theory.import"}, status_code=200)
async def enter_theory(
    db: FromDb,
    actor: FromActor,
    once: FromOnce,
    state: State,
    item_id: FromPath[str],
    data: JSONBody[EnterTheory],
    mode: FromQuery[Mode] = "atomic",
) -> Response[bytes]:
    """Enter up to 1,000 theory marks; each row has its own result, counted from 1. `validate` writes nothing."""
    rows = list(enumerate(data.rows, start=1))
    item = parse_id("item", item_id)
    return await once.answer(
        lambda: theory.enter_theory(db, state.desk.nudges, actor, item, mode, rows), status=200
    )


@post("/items/{item_id:str}/theory-marks:import", opt={"right": "theory.import"}, status_code=200)
async def import_theory(
    request: Request[Any, Any, State],
    db: FromDb,
    actor: FromActor,
    once: FromOnce,
    state: State,
    item_id: FromPath[str],
    mode: FromQuery[Mode] = "validate",
    content_type: Annotated[str, HeaderParameter(name="Content-Type", required=False)] = "",
) -> Response[bytes]:
    """Enter theory marks from a CSV, XLSX or NDJSON file of up to 1,000 rows; each row answers under its line in the file."""
    item = parse_id("item", item_id)
    # Before the file is looked at: whoever may not enter marks here spends none of our time and learns nothing of the item.
    await theory.require_importer(db, actor, item)
    # In a thread: a file may take longer to unpack than a tablet should wait for its receipt.
    sheet = await asyncio.to_thread(read_sheet, content_type, await request.body())
    columns = theory_files.columns_of(sheet)
    headings = {field: sheet.heading[place] for field, place in columns.items()}
    rows = theory_files.rows_of(sheet, columns)
    return await once.answer(
        lambda: theory.enter_theory(db, state.desk.nudges, actor, item, mode, rows, headings), status=200
    )


ROUTES: list[Any] = [
    add_judge,
    list_judges,
    create_panel,
    list_panels,
    set_seats,
    replace_judge,
    create_session,
    list_sessions,
    list_my_sessions,
    move_session,
    show_stations,
    make_draw,
    list_draws,
    ask_redraw,
    list_redraws,
    confirm_redraw,
    show_sheet,
    post_marks,
    move_sheet,
    list_theory_marks,
    enter_theory,
    import_theory,
]
