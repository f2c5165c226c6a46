"""The facts that a proposal rests on, as a line of words: "名次 1；职工身份 是；现有技能等级 高级工（三级）"."""

from typing import Final

from frontend.locales import Locale, Texts, texts
from scoring import LEVELS

_NAMES: Final = (
    "award_rank", "total", "field", "places", "worker", "filed", "honours", "leader_or_official", "clear_record", "level", "class",
    "team_size",
)  # fmt: skip
_KNOWN: Final = ("yes", "no", "unknown", "none")
_OUTCOMES: Final = ("clear", "against")
_PREFIXES: Final = ("passed", "value", "column", "check")


def used_facts(facts: dict[str, str], locale: Locale) -> str:
    """All of them; a name that nobody has put into words stands as it is."""
    t = texts(locale)
    separator = "; " if locale == "en" else "；"
    return separator.join(f"{_name(name, t)} {_value(name, value, locale)}" for name, value in facts.items())


def _name(name: str, t: Texts) -> str:
    kind, _, what = name.partition(":")
    if kind in _PREFIXES and what:
        return t(f"award.used.{kind}", what=what)
    return t(f"award.used.{name}") if name in _NAMES else name


def _value(name: str, value: str, locale: Locale) -> str:
    t = texts(locale)
    if name == "level":
        level = next((said for code, said in LEVELS.items() if code == value), None)
        if level is not None:
            return level[1] if locale == "en" else level[0]
    head, comma, rest = value.partition(", ")
    if value in _KNOWN or head in _OUTCOMES:
        return t(f"award.known.{head}") + comma + rest
    return value
