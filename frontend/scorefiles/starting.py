"""A commented plan to begin with, and the rules of a preset written into it as TOML."""

import json
from decimal import Decimal
from importlib import resources

import msgspec

from scoring.presets import PRESETS


def award_presets() -> dict[str, str]:
    """The presets by code, with what they are and where their rules come from."""
    return {code: f"{preset.title} / {preset.title_en} ({preset.source})" for code, preset in PRESETS.items()}


def starting_plan(kind: str, preset: str | None) -> str:
    """The plan of this kind. A preset of awards is added at its end; one of quotas takes the place of its slots."""
    folder = resources.files("frontend.scorefiles").joinpath("starters")
    text = folder.joinpath(f"{kind}.toml").read_text("utf-8")
    if preset is None:
        return text
    found = PRESETS[preset]
    rules = found.build()
    if found.kind == "awards":
        return text + _note(preset) + "".join(_table("[[awards]]", rule) for rule in rules)
    text = text.partition("\n# 前 3 名晋级")[0] + "\n" if kind == "theory-practical" else text
    tables = [_table("[slots]", rule) for rule in rules]
    # A plan has one rule for its slots; the further steps of a funnel belong to further stages.
    return text + _note(preset) + tables[0] + "".join(_commented(table) for table in tables[1:])


def _note(preset: str) -> str:
    return f"\n# 预设 {preset}：请与现行通知核对。 Preset: compare it with the notice that is in force.\n"


def _table(heading: str, rule: msgspec.Struct) -> str:
    fields = msgspec.to_builtins(rule, builtin_types=(Decimal,))
    return heading + "\n" + "".join(f"{key} = {inline(value)}\n" for key, value in fields.items()) + "\n"


def _commented(table: str) -> str:
    return "".join(f"# {line}\n" if line else "\n" for line in table.splitlines())


def inline(value: object) -> str:
    """A value as TOML on one line."""
    match value:
        case bool():
            return "true" if value else "false"
        case str():
            return json.dumps(value, ensure_ascii=False)
        case dict():
            return (
                "{ " + ", ".join(f"{_key(str(key))} = {inline(each)}" for key, each in value.items()) + " }"
            )
        case list() | tuple() | set() | frozenset():
            each = sorted(value) if isinstance(value, set | frozenset) else value
            return "[" + ", ".join(inline(one) for one in each) + "]"
        case _:
            return str(value)


def _key(key: str) -> str:
    return (
        key
        if key.isascii() and key.replace("-", "").replace("_", "").isalnum()
        else json.dumps(key, ensure_ascii=False)
    )
