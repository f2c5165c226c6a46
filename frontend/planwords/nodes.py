"""What one node does, in a few words of both languages."""

from typing import NamedTuple

from scoring.decimals import plain
from scoring.documents import Band
from scoring.plans.nodes import (
    Attempts,
    Bands,
    Best,
    Bonus,
    Carried,
    Chosen,
    Constant,
    Deviation,
    DropWorst,
    Imported,
    Judged,
    Limit,
    Linear,
    Maximum,
    Mean,
    Measured,
    Median,
    Minimum,
    Node,
    Parameter,
    PassLine,
    Penalty,
    Piecewise,
    Power,
    Product,
    Quotient,
    RankPoints,
    Ref,
    Relative,
    Rounded,
    Sum,
    Veto,
    WeightedSum,
)  # fmt: skip

_KINDS = {
    "free": ("评分", "mark"), "judgement_0_3": ("0–3 判断", "judgement 0–3"), "pass_fail": ("合格/不合格", "pass or fail"),
    "deduction": ("扣分后剩余", "what remains after faults"), "number": ("测量值", "measured value"), "time": ("时间", "time"), "count": ("计数", "count"),
}  # fmt: skip
_TAKES = {
    "best": ("取最好", "the best"), "last": ("取最后一次", "the last"), "sum": ("求和", "their sum"), "mean": ("取平均", "their mean"),
    "median": ("取中位数", "their median"), "best_sum": ("取最好 {} 次之和", "sum of the best {}"),
    "best_mean": ("取最好 {} 次的平均", "mean of the best {}"), "middle_mean": ("取中间 {} 次的平均", "mean of the {} in the middle"),
}  # fmt: skip


class Said(NamedTuple):
    """The same in both languages."""

    zh: str
    en: str


def node_words(node: Node) -> Said:
    """What the node does."""
    for words in (_combining, _converting, _fieldwise, _leaf):
        said = words(node)
        if said is not None:
            return said
    raise AssertionError(node)


def benchmark_words(node: Node) -> tuple[Said, ...]:
    """What each value of a judgement means, where the plan says so."""
    found = node.benchmarks if isinstance(node, Judged) else ()
    return tuple(
        Said(
            f"{plain(each.value)} {each.word} {each.text}".strip(),
            f"{plain(each.value)} {each.word_en or each.word} {each.text_en or each.text}".strip(),
        )
        for each in found
    )


def _combining(node: Node) -> Said | None:
    said: Said | None = None
    match node:
        case WeightedSum():
            as_is = node.scale == "as_is"
            said = Said(
                "加权和" + ("（按原值）" if as_is else "（各部分折合百分制）"),
                "weighted sum" + (" as it is" if as_is else ", each part out of 100"),
            )
        case Sum():
            said = Said("各部分之和", "sum of the parts")
        case Mean():
            said = Said("各部分平均", "mean of the parts")
        case Product():
            said = Said("各部分相乘", "product of the parts")
        case Median():
            said = Said("各部分中位数", "median of the parts")
        case Minimum():
            said = Said("各部分最小值", "smallest part")
        case Maximum():
            said = Said("各部分最大值", "largest part")
        case _:
            said = _selecting(node)
    return said


def _selecting(node: Node) -> Said | None:
    said: Said | None = None
    match node:
        case Best():
            said = Said(
                f"最好的 {node.count} 个{_total(node.total).zh}",
                f"{_total(node.total).en} of the best {node.count}",
            )
        case DropWorst():
            said = Said(
                f"去掉最差 {node.count} 个后{_total(node.total).zh}",
                f"{_total(node.total).en} without the worst {node.count}",
            )
        case Chosen():
            said = Said(f"选手所选 {node.count} 个之和", f"sum of the {node.count} that the entrant chose")
        case Quotient():
            said = Said("第一部分除以第二部分", "the first part divided by the second")
        case Veto():
            then = (
                ("取消资格", "disqualified")
                if node.value is None
                else (f"计 {plain(node.value)}", f"counts {plain(node.value)}")
            )
            line = plain(node.line)
            said = Said(
                f"第一部分；其后任一低于 {line} 则一票否决（{then[0]}）",
                f"the first part, unless a later one is below {line}: {then[1]}",
            )
        case Attempts():
            zh, en = _TAKES[node.take]
            said = Said(
                f"{node.count} 次，{zh.format(node.of)}", f"{node.count} attempts, {en.format(node.of)}"
            )
    return said


def _converting(node: Node) -> Said | None:
    said: Said | None = None
    match node:
        case Rounded():
            said = Said("舍入", "rounded")
        case Linear():
            n = f"(x − {plain(node.reference)}) ÷ {plain(node.every)}"
            counted = {
                "exact": ("", ""),
                "started": ("，不足一步按一步", ", steps begun"),
                "full": ("，只计整步", ", full steps only"),
            }[node.count]
            formula = f"{plain(node.base)} + {plain(node.per_unit)} × {n}"
            said = Said(formula + counted[0], formula + counted[1])
        case Piecewise():
            line = ", ".join(f"{plain(each.at)}→{plain(each.points)}" for each in node.points)
            said = Said(f"折线 {line}", f"broken line {line}")
        case Bands():
            said = Said(
                f"分档 {_bands(node.bands)}，其余 {plain(node.otherwise)}",
                f"bands {_bands(node.bands)}, else {plain(node.otherwise)}",
            )
        case Power():
            a, b, c = plain(node.a), plain(node.b), plain(node.c)
            formula = f"{a} × (x − {b})^{c}" if node.form == "above" else f"{a} × ({b} − x)^{c}"
            said = Said(formula, formula)
        case Deviation():
            said = Said(f"与 {plain(node.target)} 之差的绝对值", f"distance from {plain(node.target)}")
        case Penalty():
            said = Said(f"每个扣 {plain(node.each)}", f"−{plain(node.each)} each")
        case Bonus():
            said = Said(
                f"每个加 {plain(node.each)}（不计入满分）",
                f"+{plain(node.each)} each, on top of the full mark",
            )
        case Limit():
            low = "" if node.minimum is None else f"≥ {plain(node.minimum)}"
            high = "" if node.maximum is None else f"≤ {plain(node.maximum)}"
            both = " ".join(each for each in (low, high) if each)
            said = Said(f"限定 {both}", f"limited {both}")
        case PassLine():
            then = (
                ("取消资格", "disqualified")
                if node.value is None
                else (f"计 {plain(node.value)}", f"counts {plain(node.value)}")
            )
            sign = "≥" if node.better == "higher" else "≤"
            said = Said(
                f"须 {sign} {plain(node.line)}，否则{then[0]}",
                f"must be {sign} {plain(node.line)}, else {then[1]}",
            )
    return said


def _fieldwise(node: Node) -> Said | None:
    said: Said | None = None
    match node:
        case RankPoints():
            table = ", ".join(str(plain(each)) for each in node.points)
            within = f"（{node.within}）" if node.within else ""
            said = Said(
                f"按名次{within}得分 {table}，其后 {plain(node.rest)}",
                f"points by rank {within} {table}, then {plain(node.rest)}".replace("  ", " "),
            )
        case Relative():
            to = {"best": ("最好", "best"), "mean": ("平均", "mean"), "median": ("中位", "median")}[node.to]
            points = plain(node.points)
            formula = f"{points} × x ÷ {{}}" if node.better == "higher" else f"{points} × {{}} ÷ x"
            said = Said(formula.format(f"全场{to[0]}"), formula.format(f"the field's {to[1]}"))
    return said


def _leaf(node: Node) -> Said | None:
    said: Said | None = None
    match node:
        case Judged():
            zh, en = _KINDS[node.kind]
            worth = "" if node.points is None else f" = {plain(node.points)}"
            scale = f"{plain(node.minimum)}–{plain(node.maximum)}{worth}"
            said = Said(
                f"{zh} {scale}，步长 {plain(node.step)}", f"{en} {scale} in steps of {plain(node.step)}"
            )
        case Measured():
            zh, en = _KINDS[node.kind]
            bands = f" → {_bands(node.bands)}" if node.bands else ""
            unit = f" ({node.unit})" if node.unit else ""
            low, step = plain(node.minimum), plain(node.step)
            span = f"≥ {low}" if node.maximum is None else f"{low}–{plain(node.maximum)}"
            said = Said(
                f"{zh}{unit} {span}，步长 {step}{bands}", f"{en}{unit} {span} in steps of {step}{bands}"
            )
        case Imported():
            said = Said(
                f"外部成绩 {plain(node.minimum)}–{plain(node.maximum)}",
                f"mark from outside {plain(node.minimum)}–{plain(node.maximum)}",
            )
        case Carried():
            said = Said(
                f"来自阶段 {node.stage} 的 {node.of or '总分'}",
                f"{node.of or 'the total'} of the stage {node.stage}",
            )
        case Parameter():
            default = "" if node.default is None else f"（默认 {plain(node.default)}）"
            said = Said(
                f"参数 {node.name}{default}",
                f"parameter {node.name}{default}".replace("（默认", " (default").replace("）", ")"),
            )
        case Constant():
            said = Said(f"常数 {plain(node.value)}", f"the number {plain(node.value)}")
        case Ref():
            said = Said(f"节点 {node.of} 的值", f"the value of {node.of}")
    return said


def _total(total: str) -> Said:
    return Said("之和", "sum") if total == "sum" else Said("的平均", "mean")


def _bands(bands: tuple[Band, ...]) -> str:
    return ", ".join(
        f"{'' if each.low is None else plain(each.low)}…{'' if each.high is None else plain(each.high)}: {plain(each.points)}"
        for each in bands
    )
