"""A plan file, TOML or JSON, to a `Scheme`. Numbers reach Decimal as they are written, never through a float.

A file is a plan (it has `root`), with `slots`, `boards`, `teams` and `awards` beside the plan's own fields where it wants
them, or a whole scheme (it has `stages`).
"""

import json
import tomllib
from copy import deepcopy
from decimal import Decimal, InvalidOperation
from pathlib import Path as File
from typing import Any, Final

import msgspec

from frontend.scorefiles.locating import Path, Places, TooDeepError, locate, place
from frontend.scorefiles.problems import BadFiles, Trouble, Troubles
from frontend.scorefiles.shapes import complaint, path_in
from scoring.advancement import QuotaRule
from scoring.awards import Authority, AwardRule
from scoring.documents import Document
from scoring.plans.plan import Plan
from scoring.schemes.scheme import Board, Scheme, Stage, TeamRule

MOST_BYTES: Final = 1024 * 1024
_MOST_COMPLAINTS: Final = 20


class PlanFile(Plan, frozen=True, kw_only=True):
    """A contest of one stage: the plan with what a scheme would say beside it. Its stage is called `main`."""

    slots: QuotaRule | None = None
    boards: tuple[Board, ...] = ()
    teams: tuple[TeamRule, ...] = ()
    awards: tuple[AwardRule, ...] = ()
    contest_class: str | None = None
    team_size: int | None = None
    filed: dict[Authority, bool] = msgspec.field(default_factory=dict)


class PlanSource(msgspec.Struct, frozen=True):
    """A file that was read: its scheme, and where each value stands in it. `single`: the file is a plan, not a scheme."""

    file: str
    scheme: Scheme
    places: Places
    document: dict[str, Any]
    single: bool

    def trouble(self, path: Path, code: str, zh: str, en: str, name: str) -> Trouble:
        """A fault at this path of the document."""
        line, column = self.places.of(path)
        return Trouble(file=self.file, line=line, column=column, path=name, code=code, zh=zh, en=en)


def read_plan_file(file: File) -> PlanSource:
    """The scheme in the file; whether it makes sense is `checking.faults_of`. Raises BadFiles."""
    name = str(file)
    try:
        body = file.read_bytes()
    except OSError as error:
        raise BadFiles(
            [
                _simple(
                    name, "file_unreadable", "文件无法读取。", f"The file cannot be read: {error.strerror}."
                )
            ]
        ) from error
    if len(body) > MOST_BYTES:
        raise BadFiles(
            [_simple(name, "file_too_large", "方案文件超过 1 MiB。", "The plan file is larger than 1 MiB.")]
        )
    return plan_source(name, body, toml=file.suffix.lower() != ".json")


def plan_source(name: str, body: bytes, *, toml: bool) -> PlanSource:
    """The scheme in these bytes. Raises BadFiles."""
    try:
        text = body.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        raise BadFiles(
            [_simple(name, "not_utf8", "文件不是 UTF-8 编码。", "The file is not UTF-8.")]
        ) from error
    try:
        places = locate(text, toml=toml)
        document = _parsed(name, text, toml)
    except (TooDeepError, RecursionError) as error:
        line, column = place(text, error.offset) if isinstance(error, TooDeepError) else (None, None)
        raise BadFiles([Trouble(file=name, line=line, column=column, code="too_deep", zh="嵌套过深：节点最多 32 层。",
                                en="Nested too deeply: a tree of nodes has at most 32 levels.")]) from error  # fmt: skip
    return _converted(name, document, places)


def _parsed(name: str, text: str, toml: bool) -> dict[str, Any]:
    try:
        if toml:
            return tomllib.loads(text, parse_float=Decimal)
        document = json.loads(text, parse_float=Decimal, parse_constant=Decimal, object_pairs_hook=_once)
    except tomllib.TOMLDecodeError as error:
        line, column = _toml_place(str(error), text)
        raise BadFiles([_syntax(name, line, column, "TOML", str(error).partition(" (at")[0])]) from error
    except json.JSONDecodeError as error:
        raise BadFiles([_syntax(name, error.lineno, error.colno, "JSON", error.msg)]) from error
    except (ValueError, InvalidOperation) as error:
        raise BadFiles([_syntax(name, None, None, "TOML" if toml else "JSON", str(error))]) from error
    if not isinstance(document, dict):
        raise BadFiles([_syntax(name, 1, 1, "JSON", "the document must be an object")])
    return document


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    whole = dict(pairs)
    if len(whole) < len(pairs):
        names = [key for key, _ in pairs]
        raise ValueError("the key stands twice: " + next(key for key in names if names.count(key) > 1))
    return whole


def _toml_place(message: str, text: str) -> tuple[int | None, int | None]:
    numbers = [int(word) for word in message.replace(",", " ").replace(")", " ").split() if word.isdigit()]
    if message.endswith("(at end of document)"):
        return place(text, len(text))
    return (numbers[-2], numbers[-1]) if len(numbers) >= 2 else (None, None)


def _converted(name: str, document: dict[str, Any], places: Places) -> PlanSource:
    single = "stages" not in document
    kind: type[Document] = PlanFile if single else Scheme
    troubles = Troubles()
    if single and "root" not in document:
        troubles.add(_simple(name, "no_root", "文件既没有 root（方案），也没有 stages（多阶段方案）。",
                             "The file has neither `root` (a plan) nor `stages` (a scheme)."))  # fmt: skip
        troubles.stop_if_any()
    working, removed = document, set[Path]()
    for _ in range(_MOST_COMPLAINTS):
        try:
            whole = msgspec.convert(working, kind)
        except msgspec.ValidationError as error:
            path, code, zh, en, at = complaint(str(error), working, kind)
            if at in removed:
                break
            line, column = places.of(at)
            troubles.add(
                Trouble(
                    file=name, line=line, column=column, path=path_in(document, at), code=code, zh=zh, en=en
                )
            )
            # Take the bad value out and look again, so that one run names more than one fault.
            removed.add(at)
            if working is document:
                working = deepcopy(document)
            if path != at or not _taken_out(working, at):
                break
        except (ValueError, TypeError) as error:
            troubles.add(_simple(name, "value_invalid", f"内容无效：{error}", f"Not valid: {error}"))
            break
        else:
            break
    troubles.stop_if_any()
    return PlanSource(name, _scheme(whole), places, document, single)


def _taken_out(document: dict[str, Any], path: Path) -> bool:
    """Take the field at the path out of the document; False where it is not a field."""
    holder: Any = document
    try:
        for step in path[:-1]:
            holder = holder[step]
        if not isinstance(holder, dict):
            return False
        del holder[path[-1]]
    except (KeyError, IndexError, TypeError):
        return False
    return True


def _scheme(whole: Document) -> Scheme:
    if isinstance(whole, Scheme):
        return whole
    assert isinstance(whole, PlanFile)
    plan = Plan(**{field: getattr(whole, field) for field in Plan.__struct_fields__})
    return Scheme(
        code=plan.code, version=plan.version, title=plan.title, title_en=plan.title_en,
        stages=(Stage(key="main", plan=plan, slots=whole.slots),),
        boards=whole.boards, teams=whole.teams, awards=whole.awards,
        contest_class=whole.contest_class, team_size=whole.team_size, filed=whole.filed,
    )  # fmt: skip


def _simple(name: str, code: str, zh: str, en: str) -> Trouble:
    return Trouble(file=name, code=code, zh=zh, en=en)


def _syntax(name: str, line: int | None, column: int | None, form: str, said: str) -> Trouble:
    return Trouble(
        file=name,
        line=line,
        column=column,
        code="syntax",
        zh=f"不是有效的 {form}：{said}。",
        en=f"Not valid {form}: {said}.",
    )
