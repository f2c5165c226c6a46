"""A report as one HTML file: nothing outside it, no script, fit for printing, Chinese first."""

from functools import lru_cache
from importlib import resources
from typing import Any, Final

import minijinja
import msgspec

from frontend.scorefiles.report import Report
from scoring.ranking.explaining import STATES

_OUTCOMES: Final = {
    "in": ("晋级", "in"), "substitute": ("候补", "substitute"), "out": ("未晋级", "out"), "open": ("待定", "open"),
    "eligible": ("符合条件", "eligible"), "needs_person": ("须人工审核", "needs a person"), "not_eligible": ("不符合", "not eligible"),
}  # fmt: skip
_COUNTS: Final = {
    "counted": ("计入", "counted"), "not_ranked": ("无名次", "no rank"), "hors_concours": ("非正式", "hors concours"), "no_value": ("无成绩", "no value"),
    "over_most": ("超出人数", "beyond the number"), "too_few": ("人数不足", "too few"), "not_best": ("非最好成绩", "not among the best"),
    "stage_dropped": ("该阶段舍去", "stage left out"),
}  # fmt: skip


def as_html(report: Report, lang: str) -> bytes:
    """The page in Chinese, with `en` in English, with `both` in both."""

    def words(zh: str, en: str) -> str:
        return en if lang == "en" else f"{zh} {en}" if lang == "both" else zh

    def state(row: dict[str, Any]) -> str:
        shown = row["void"] or row["state"]
        return "" if shown == "present" else words(*STATES[shown])

    page = _environment().render_template(
        "report.html",
        # As strings and lists: the template language would make floats of decimals.
        report=msgspec.to_builtins(report),
        lang="en" if lang == "en" else "zh-CN",
        w=words,
        outcome=lambda code: words(*_OUTCOMES.get(code, (code, code))),
        state=state,
        void=lambda code: words(STATES[code][0], code.replace("_", " ")),
        counts=lambda code: words(*_COUNTS[code]),
        why=lambda reason: words(reason["zh"], reason["en"]),
    )
    return page.encode()


@lru_cache(maxsize=1)
def _environment() -> minijinja.Environment:
    text = resources.files("frontend.scorefiles").joinpath("report.html").read_text("utf-8")
    return minijinja.Environment(templates={"report.html": text}, trim_blocks=True, lstrip_blocks=True)
