"""What a rule of slots or an award says, in words; a rare field as the file writes it, which the page of the format explains."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any, Final

import msgspec

from frontend.planwords.nodes import Said
from frontend.scorefiles.starting import inline
from scoring.advancement import QuotaRule
from scoring.awards import AwardRule
from scoring.decimals import plain
from scoring.entrants.people import LEVELS
from scoring.entrants.terms import Share

_NAMES: Final = frozenset({"code", "version", "name", "name_en", "host_places"})
_ROUNDINGS: Final = {"floor": ("舍去小数", "rounded down"), "ceil": ("进一", "rounded up"), "round": ("四舍五入", "rounded half up")}  # fmt: skip
_TIES: Final = {
    "report": ("末位并列由人裁定", "a tie at the last place is left to a person"),
    "one_more": ("末位并列时增加一个名额", "a tie at the last place has one place more"),
    "all": ("末位并列的全部晋级", "all who tie at the last place go up"),
    "none": ("末位并列的均不晋级", "none of those who tie at the last place"),
    "widen": ("末位并列的全部列入", "all who tie at the last place"),
}
_BASES: Final = {"present": ("到场者", "those present"), "ranked": ("有名次者", "those ranked"), "entries": ("报名者", "those entered")}  # fmt: skip
_FIELDS: Final = {"contest": ("全场", "of the contest"), "trade": ("全场", "of the contest"), "item": ("全场", "of the contest"), "group": ("按组别", "of each group")}  # fmt: skip

_AUTHORITIES: Final = {"union": ("由工会授予", "given by the union"), "hrss": ("由人社部门授予", "given by the labour authority"), "industry": ("由行业组织授予", "given by the industry")}  # fmt: skip
CONDITIONS: Final = {
    "worker_status": ("须为职工", "workers only"), "filed_before_start": ("须赛前备案", "filed before it began"),
    "not_holder": ("未曾获此奖", "not a holder already"), "not_leader_or_official": ("非单位负责人或公务员", "neither leader nor official"),
    "clear_record": ("无违纪", "a clear record"), "level_below_target": ("现等级低于晋升等级", "the level is below the target"),
}  # fmt: skip


def rule_words(rule: QuotaRule | AwardRule) -> Said:
    """The rule by its name and everything it sets."""
    parts = [_tell(rule, field) for field in _told(rule)]
    zh = "；".join(each.zh for each in parts)
    en = "; ".join(each.en for each in parts)
    return Said(f"{rule.name}（{zh}）", f"{rule.name_en or rule.name} ({en})")


def _told(rule: QuotaRule | AwardRule) -> list[str]:
    # What happens to a tie at the last place is told in any case: it is what people ask.
    given = msgspec.to_builtins(rule, builtin_types=(Decimal,))
    ladder = isinstance(rule, AwardRule) and rule.ladder is not None and rule.cut is None
    return [
        field for field in (*given, *(() if ladder or "tie" in given else ("tie",))) if field not in _NAMES
    ]


def _tell(rule: QuotaRule | AwardRule, field: str) -> Said:
    value = getattr(rule, field)
    tell = _WORDS.get(field)
    if tell is not None:
        return tell(value, rule)
    raw = f"{field} = {inline(msgspec.to_builtins(value, builtin_types=(Decimal,)))}"
    return Said(raw, raw)


def _share(of: Decimal, out_of: Decimal, rounding: str, minimum: int) -> Said:
    zh, en = _ROUNDINGS[rounding]
    percent = f"{plain(of * 100)} %" if out_of == 1 else f"{plain(of)}/{plain(out_of)}"
    least = (f"，至少 {minimum} 个", f", at least {minimum}") if minimum else ("", "")
    return Said(f"{percent}（{zh}{least[0]}）", f"{percent} ({en}{least[1]})")


def _share_of_field(share: Share) -> Said:
    said = _share(share.of, share.out_of, share.rounding, share.minimum)
    return Said(f"全场的 {said.zh}", f"{said.en} of the field")


def _cut(cut: Any) -> Said:  # noqa: ANN401 - a Cut; the package of awards does not show it
    zh, en = [], []
    if cut.share is not None:
        said = _share(cut.share, cut.out_of, cut.rounding, cut.minimum)
        zh.append(said.zh)
        en.append(said.en)
    if cut.places is not None:
        zh.append(f"最多 {cut.places} 名" if cut.share is not None else f"{cut.places} 名")
        en.append(f"at most {cut.places}" if cut.share is not None else f"{cut.places}")
    if cut.up_to is not None:
        said = _share(cut.up_to.of, cut.up_to.out_of, cut.up_to.rounding, cut.up_to.minimum)
        zh.append(f"连同以上奖项至 {said.zh}")
        en.append(f"with those above up to {said.en}")
    return Said("，".join(zh), ", ".join(en))


def _above(cuts: Any) -> Said:  # noqa: ANN401
    said = [_cut(each) for each in cuts]
    return Said(
        f"排在其前的：{'、'.join(each.zh for each in said)}",
        f"behind those of {', '.join(each.en for each in said)}",
    )


def _listed(values: Any) -> str:  # noqa: ANN401
    return ", ".join(sorted(values) if isinstance(values, frozenset) else map(str, values))


def _where(where: dict[str, tuple[str, ...]]) -> str:
    return ", ".join(f"{column} = {'|'.join(values)}" for column, values in where.items())


def _caps(caps: dict[str, int]) -> Said:
    zh = "，".join(f"同一 {column} 最多 {most} 个" for column, most in caps.items())
    return Said(zh, ", ".join(f"at most {most} of one {column}" for column, most in caps.items()))


def _floors(floors: Any) -> Said:  # noqa: ANN401
    zh = [
        f"{each.node} {'须合格' if each.minimum is None else f'不低于 {plain(each.minimum)}'}"
        for each in floors
    ]
    en = [
        f"{each.node} {'passed' if each.minimum is None else f'at least {plain(each.minimum)}'}"
        for each in floors
    ]
    return Said("，".join(zh), ", ".join(en))


_WORDS: Final[dict[str, Callable[[Any, Any], Said]]] = {
    "places": lambda v, r: Said(f"{v} 个名额", f"places: {v}"),
    "share": lambda v, r: _share_of_field(v),
    "authority": lambda v, r: Said(*_AUTHORITIES[v]),
    "conditions": lambda v, r: Said("，".join(CONDITIONS[each][0] for each in v), ", ".join(CONDITIONS[each][1] for each in v)),
    "base": lambda v, r: Said(f"以{_BASES[v][0]}为全场", f"the field is {_BASES[v][1]}"),
    "per_delegation": lambda v, r: Said(f"每个代表队最多 {v} 个", f"at most {v} of one delegation"),
    "caps": lambda v, r: _caps(v),
    "floors": lambda v, r: _floors(v),
    "minimum_total": lambda v, r: Said(f"总分不低于 {plain(v)}", f"the total is at least {plain(v)}"),
    "minimum_field": lambda v, r: Said(f"不足 {v} 个参赛不产生", f"none in a field below {v}"),
    "where": lambda v, r: Said(f"只限 {_where(v)}", f"only {_where(v)}"),
    "host": lambda v, r: Said(f"东道主（{_where(v)}）另加 {r.host_places} 个", f"{r.host_places} more for the host ({_where(v)})"),
    "substitutes": lambda v, r: Said(f"候补 {v} 个", f"substitutes: {v}"),
    "tie": lambda v, r: Said(*_TIES[v]),
    "field": lambda v, r: Said(*_FIELDS[v]),
    "cut": lambda v, r: _cut(v),
    "above": lambda v, r: _above(v),
    "back_fill": lambda v, r: Said("不符合者的名额依次递补", "a refused place goes to the next"),
    "excludes": lambda v, r: Said(f"不与 {_listed(v)} 同得", f"not beside {_listed(v)}"),
    "level_target": lambda v, r: Said(f"晋升为{LEVELS[v][0]}", f"promotes to {LEVELS[v][1]}"),
}  # fmt: skip
