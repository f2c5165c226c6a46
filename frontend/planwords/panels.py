"""Panels and rounding in words."""

from frontend.planwords.nodes import Said
from scoring.decimals import plain
from scoring.documents import Rounding
from scoring.plans.panels import Panel

_MODES = {
    "half_up": ("四舍五入", "half up"), "half_even": ("四舍六入五成双", "half even"), "down": ("截尾", "truncated"),
    "up": ("进一", "away from zero"), "floor": ("向下取整", "floor"), "ceiling": ("向上取整", "ceiling"),
}  # fmt: skip


def rounding_words(rounding: Rounding) -> Said:
    """How a node rounds."""
    zh, en = _MODES.get(rounding.mode, (rounding.mode, rounding.mode))
    if rounding.step is not None:
        return Said(
            f"{zh}到 {plain(rounding.step)} 的整数倍", f"rounded {en} to multiples of {plain(rounding.step)}"
        )
    return Said(f"{zh}，{rounding.digits} 位小数", f"rounded {en} to {rounding.digits} decimals")


def panel_words(panel: Panel) -> Said:
    """Who marks, and how one value comes of it."""
    spread = "" if panel.spread is None else str(plain(panel.spread))
    zh, en = {
        "mean": ("取平均", "mean"), "trimmed_mean": ("取平均", "mean"), "sum": ("求和", "sum"), "median": ("取中位数", "median"),
        "middle": (f"取中间{panel.middle}个的{'和' if panel.total == 'sum' else '平均'}", f"{panel.total} of the {panel.middle} in the middle"),
        "majority": (f"取相差不超过{spread}的多数的平均", f"mean of the majority within {spread}"),
        "consensus": (f"相差须不超过{spread}，取平均", f"consensus within {spread}, mean"),
        "sub_panels": ("各小组分别计算后取平均", "mean of the sub-panels"),
    }[panel.method]  # fmt: skip
    if panel.drop_high or panel.drop_low:
        zh = f"去掉{panel.drop_high}个最高分和{panel.drop_low}个最低分，{zh}"
        en = f"{panel.drop_high} highest and {panel.drop_low} lowest dropped, {en}"
    if panel.each is not None:
        inner = panel_words(panel.each)
        zh, en = f"{zh}（每组：{inner.zh}）", f"{en} (each: {inner.en})"
    return Said(f"{panel.size}名裁判，{zh}", f"{panel.size} judge{'' if panel.size == 1 else 's'}, {en}")
