"""A report as one HTML file: nothing outside it, no script, fit for printing, Chinese first."""

from functools import lru_cache
from importlib import resources
from typing import Any, Final

import minijinja
import msgspec

from frontend.scorefiles.report import Report
from scoring.explaining import STATES

_OUTCOMES: Final = {
    "in": ("晋级", "in"), "substitute": ("候补", "substitute"), "out": ("未晋级", "out"), "open": ("待定", "open"),
    "eligible": ("符合条件", "eligible"), "needs_person": ("须人工审核", "needs a person"), "not_eligible": ("不符合", "not eligible"),
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
        why=lambda reason: words(reason["zh"], reason["en"]),
    )
    return page.encode()


@lru_cache(maxsize=1)
def _environment() -> minijinja.Environment:
    text = resources.files("frontend.scorefiles").joinpath("report.html").read_text("utf-8")
    return minijinja.Environment(templates={"report.html": text}, trim_blocks=True, lstrip_blocks=True)
