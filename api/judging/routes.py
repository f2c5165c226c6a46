"""JSON handlers of judging."""

from typing import Any

import msgspec
from litestar import Request, post
from litestar.datastructures import State
from litestar.params import FromPath, JSONBody

from api.dependencies import FromActor
from api.judging.commands.marks import enter_marks
from api.judging.schemas import EnterMarks, MarksReceipt
from api.plumbing.ids import parse_id


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


ROUTES = [post_marks]
