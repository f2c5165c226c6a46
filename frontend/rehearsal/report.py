"""What a person reads of a rehearsal: on the terminal, and as one HTML file."""

from datetime import UTC, datetime
from functools import lru_cache
from importlib import resources
from typing import Final

import minijinja
import msgspec

from frontend.rehearsal.checks import Check, Told
from frontend.rehearsal.killing import Course
from frontend.rehearsal.orders import Written
from frontend.rehearsal.venue import Rehearsal

SHARES: Final = (0.5, 0.95, 0.99, 1.0)
UNITS: Final = {
    "api": ("接口", "API"), "worker": ("后台任务", "worker"), "postgres": ("PostgreSQL", "PostgreSQL"), "valkey": ("Valkey", "Valkey"),
}  # fmt: skip
SPOILT: Final = {
    "requests": ("经过线路的请求", "requests on the line"),
    "cut_before": ("请求到达前断开", "cut before the server had it"),
    "answer_lost": ("应答丢失", "answer lost"),
    "answer_torn": ("应答中途断开", "cut in the middle of the answer"),
    "doubled": ("同时发送两次", "sent twice at once"),
    "repeated_late": ("数秒后再次发送", "sent again seconds later"),
    "held_back": ("滞留", "held back"),
    "overtaken": ("被后来的请求超过", "overtaken by later ones"),
}


class Row(msgspec.Struct, frozen=True):
    """A line of a table: what, in both languages, and its values."""

    zh: str
    en: str
    values: tuple[str, ...]


class Table(msgspec.Struct, frozen=True):
    zh: str
    en: str
    rows: tuple[Row, ...]
    heads: tuple[tuple[str, str], ...] = ()


class Report(msgspec.Struct, frozen=True):
    """`began` is an instant of UTC."""

    began: str
    seconds: int
    passed: bool
    checks: tuple[Check, ...]
    tables: tuple[Table, ...]
    note: tuple[str, str] | None = None


def report_of(
    rehearsal: Rehearsal, course: Course, heard: Told, counts: dict[str, int], checks: list[Check]
) -> Report:
    """Put together what happened."""
    note = None
    if rehearsal.size.browser_robots and not rehearsal.browser:
        note = ("未找到浏览器，本次没有浏览器裁判。", "No browser was found: no robot worked in a browser.")
    return Report(
        datetime.fromtimestamp(course.began, UTC).strftime("%Y-%m-%d %H:%M:%S UTC"),
        round(course.ended - course.began),
        all(check.holds for check in checks),
        tuple(checks),
        (
            _venue(rehearsal, course, heard.written),
            _line(counts),
            _latencies(heard.written),
            _kills(course, heard.written),
        ),
        note,
    )


def as_text(report: Report) -> str:
    """For a terminal."""
    lines = [f"场馆演练 · Venue rehearsal · {report.began} · {report.seconds} s", ""]
    for check in report.checks:
        lines.append(f"{'✓' if check.holds else '✗'} {check.zh} · {check.en}")
        lines += [f"    {line}" for line in check.against]
    for table in report.tables:
        heads = "".join(f" · {en}" for _, en in table.heads)
        lines += ["", f"{table.zh} · {table.en}{heads}"]
        lines += [
            f"  {'  '.join(f'{value:>9}' for value in row.values)}  {row.zh} · {row.en}" for row in table.rows
        ]
    if report.note:
        lines += ["", " · ".join(report.note)]
    verdict = "通过 · passed" if report.passed else "未通过 · FAILED"
    return "\n".join([*lines, "", verdict])


def as_html(report: Report) -> bytes:
    """One file, nothing outside it."""
    page = _environment().render_template("report.html", report=msgspec.to_builtins(report))
    return page.encode()


@lru_cache(maxsize=1)
def _environment() -> minijinja.Environment:
    text = resources.files("frontend.rehearsal").joinpath("report.html").read_text("utf-8")
    return minijinja.Environment(templates={"report.html": text}, trim_blocks=True, lstrip_blocks=True)


def _venue(rehearsal: Rehearsal, course: Course, written: list[Written]) -> Table:
    size = rehearsal.size
    judges = len(rehearsal.venue.robots)
    seconds = max(course.ended - course.began, 0.001)
    sent = _requests(written)
    return Table("场馆", "The venue", (
        Row("工位", "stations", (f"{size.stations}",)),
        Row("机器裁判", "robot judges", (f"{judges}",)),
        Row("其中使用浏览器", "of them in a browser", (f"{rehearsal.in_browsers}",)),
        Row("机器裁判进程", "processes of robots", (f"{len(rehearsal.robots)}",)),
        Row("评分表", "sheets", (f"{sum(len(robot.sheets) for robot in rehearsal.venue.robots)}",)),
        Row("确认保存的评分", "marks acknowledged", (f"{len(written)}",)),
        Row("其中来自浏览器", "of them from browsers", (f"{sum(line.way == 'browser' for line in written)}",)),
        Row("其中更正", "of them corrections", (f"{sum(line.rev > 1 for line in written)}",)),
        Row("得到应答的请求", "requests answered", (f"{len(sent)}",)),
        Row("重发次数", "sent again", (f"{sum(line.sendings - 1 for line in sent)}",)),
        Row("每秒评分", "marks a second", (f"{len(written) / seconds:.0f}",)),
        Row("随机种子", "seed", (f"{size.seed}",)),
    ))  # fmt: skip


def _line(counts: dict[str, int]) -> Table:
    return Table(
        "线路故障",
        "What the line did",
        tuple(Row(zh, en, (f"{counts.get(key, 0)}",)) for key, (zh, en) in SPOILT.items()),
    )


def _requests(written: list[Written]) -> list[Written]:
    """One mark of each answered request: the marks of one request have one answer. Browsers do not tell."""
    return list({(line.judge, line.at): line for line in written if line.way == "http"}.values())


def _latencies(written: list[Written]) -> Table:
    sent = _requests(written)
    heads = tuple(
        (f"p{share * 100:g}" if share < 1 else "最长", f"p{share * 100:g}" if share < 1 else "longest")
        for share in SHARES
    )
    return Table("等待时间（毫秒）", "Waiting, milliseconds", (
        Row("到确认为止，含重发", "until acknowledged, with every sending again", _percentiles([line.waited for line in sent])),
        Row("得到应答的一次", "the sending that was answered", _percentiles([line.last for line in sent])),
    ), heads)  # fmt: skip


def _kills(course: Course, written: list[Written]) -> Table:
    """How often each was killed, and the time until a mark that was first sent after the kill was acknowledged."""
    answered = sorted(
        (line.at, line.at - (line.waited or 0.0)) for line in written if line.waited is not None
    )
    rows = []
    for name, (zh, en) in UNITS.items():
        gaps = []
        for kill in course.kills:
            if kill.name == name:
                gaps.append(next((at - kill.at for at, sent in answered if sent > kill.at), None))
        known = [gap for gap in gaps if gap is not None]
        # From the kill to the receipt of a mark that was first sent after it.
        rows.append(Row(zh, en, (f"{len(gaps)}", f"{max(known) * 1000:.0f}" if known else "—")))
    heads = (
        ("次数", "times"),
        ("最久恢复（毫秒）", "longest until a mark was saved again, ms"),
    )
    return Table("强制终止（kill -9）", "Kills (kill -9)", tuple(rows), heads)


def _percentiles(seconds: list[float | None]) -> tuple[str, ...]:
    ordered = sorted(value for value in seconds if value is not None)
    if not ordered:
        return ("—",) * len(SHARES)
    return tuple(
        f"{ordered[min(len(ordered) - 1, int(share * len(ordered)))] * 1000:.0f}" for share in SHARES
    )
