"""Rules of real notices that organisers may start from: `scoring.presets` as documents to copy into a contest's rules."""

from collections.abc import Iterator
from typing import Literal, TypeAlias

import msgspec

from api.contests.columns import RULE_COLUMNS
from api.contests.rule_checks import columns_of_award, columns_of_quota
from scoring import PRESETS, AwardRule, Preset, QuotaRule

RulePresetKind: TypeAlias = Literal["awards", "quotas"]


class RulePreset(msgspec.Struct, frozen=True, kw_only=True):
    """Rules with our defaults for what the notice does not say; `parameters` are to be compared with the notice in force.

    `source` says what is known of the notice. `unknown_columns` are columns that the rules count by and the product does not
    record: they must be replaced before the rules can be put in force.
    """

    code: str
    title_zh: str
    title_en: str
    kind: RulePresetKind
    source: str
    parameters: tuple[str, ...]
    awards: tuple[AwardRule, ...]
    quotas: tuple[QuotaRule, ...]
    unknown_columns: tuple[str, ...]


def rule_presets(kind: RulePresetKind | None = None) -> list[RulePreset]:
    """All presets, or those of one kind, in the order in which scoring lists them."""
    return [_preset(each) for each in PRESETS.values() if kind in (None, each.kind)]


def _preset(preset: Preset) -> RulePreset:
    rules = preset.build()
    columns = {name for rule in rules for _, name in _columns(rule)}
    return RulePreset(
        code=preset.code,
        title_zh=preset.title,
        title_en=preset.title_en,
        kind=preset.kind,
        source=preset.source,
        parameters=preset.parameters,
        awards=tuple(rule for rule in rules if isinstance(rule, AwardRule)),
        quotas=tuple(rule for rule in rules if isinstance(rule, QuotaRule)),
        unknown_columns=tuple(sorted(columns - set(RULE_COLUMNS))),
    )


def _columns(rule: AwardRule | QuotaRule) -> Iterator[tuple[str, str]]:
    return columns_of_award(rule) if isinstance(rule, AwardRule) else columns_of_quota(rule)
