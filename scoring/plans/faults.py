"""The faults that a plan can have, each with a code, the path of its node and a sentence in both languages."""

from typing import Final

import msgspec

LONGEST_SHOWN: Final = 40

_TEXTS: Final = {
    "key_invalid": ("节点编号“{}”须为 1–40 个字母、数字或 _ . / -。", "The key “{}” must be 1 to 40 letters, digits or _ . / -."),
    "key_repeated": ("节点编号“{}”重复使用。", "The key “{}” is used more than once."),
    "title_missing": ("该节点没有名称。", "This node has no title."),
    "too_deep": ("节点层级超过 {} 层。", "The tree is deeper than {} levels."),
    "too_large": ("各次展开后的节点超过 {} 个。", "With every attempt there are more than {} nodes."),
    "no_parts": ("该节点没有任何组成部分。", "This node has no parts."),
    "weights_sum": ("各部分权重合计为 {}，应为 1 或 100。", "The weights add up to {}; they must add up to 1 or 100."),
    "weight_not_positive": ("权重 {} 必须大于 0。", "The weight {} must be above 0."),
    "number_unusable": ("数值 {} 无法使用：须小于 10¹²，小数不超过 12 位。", "The number {} cannot be used: it must be below 10¹² with at most 12 decimals."),
    "range_empty": ("最大值 {} 必须大于最小值 {}。", "The maximum {} must be above the minimum {}."),
    "not_worth_anything": ("该节点的满分 {} 必须大于 0。", "The full mark {} of this node must be above 0."),
    "unbounded": ("“{}”没有满分，不能折合百分制；请改用 scale = as_is。", "The part “{}” has no full mark and cannot be taken out of 100; use the scale as_is."),
    "step_invalid": ("步长 {} 必须大于 0。", "The step {} must be above 0."),
    "step_not_dividing": ("步长 {} 不能整除范围 {}。", "The step {} does not divide the range {}."),
    "kind_bounds": ("此类评分项的范围应为 {}–{}。", "A criterion of this kind must run from {} to {}."),
    "off_scale": ("数值 {} 不在该评分项的刻度上。", "The value {} is not on the scale of this criterion."),
    "band_empty": ("公差带下限 {} 高于上限 {}。", "The band begins at {} and ends below it, at {}."),
    "rounding_digits": ("小数位数 {} 应为 0–12。", "The number of decimals {} must be 0 to 12."),
    "rounding_step": ("舍入步长 {} 须大于 0，且其小数位不多于显示的位数。", "The step {} of the rounding must be above 0 and have no more decimals than are shown."),
    "rounding_missing": ("该节点须写明如何舍入。", "This node must say how it rounds."),
    "count_range": ("数目 {} 应为 {}–{}。", "The number {} must be {} to {}."),
    "attempts_of": ("取 {} 时 of 不能为 {}：best_sum、best_mean 须为 1 至次数，middle_mean 两端去掉的次数须相同，其他取法不用。", "With {}, “of” cannot be {}: best_sum and best_mean need 1 to the count, middle_mean leaves out as many above as below, and no other uses it."),
    "attempts_nested": ("多次试做之内不能再设多次试做。", "Attempts cannot stand below attempts."),
    "limit_empty": ("上下限须至少写一个，且下限 {} 不能高于上限 {}。", "A limit needs a minimum or a maximum, and the minimum {} cannot be above the maximum {}."),
    "points_order": ("折线至少要有两个点，且须按 at 从小到大排列。", "A broken line needs at least two points, in ascending order of “at”."),
    "power_exponent": ("指数 {} 应大于 0 且不超过 20，系数 {} 不能为 0。", "The exponent {} must be above 0 and at most 20, and the factor {} cannot be 0."),
    "power_bracket": ("括号内的值永远不会大于 0。", "The bracket can never be above 0."),
    "every_not_positive": ("每档 every {} 必须大于 0。", "The size of a step, every {}, must be above 0."),
    "divides_by_zero": ("除数永远为 0。", "The divisor is always 0."),
    "line_out_of_reach": ("“{}”的线 {} 永远达不到。", "The line {1} of “{0}” can never be reached."),
    "name_missing": ("须写明“{}”。", "The field “{}” must not be empty."),
    "ref_unknown": ("引用的节点“{}”不存在；多次试做之内的节点须写明第几次（如 key#1）。", "There is no node “{}” to repeat; of a node below attempts name the attempt (key#1)."),
    "ref_cycle": ("引用“{}”绕回了自身。", "The reference to “{}” leads back to itself."),
    "ref_crosses_panel": ("裁判组之内只能引用同一张评分表上的节点。", "Below a panel only a node of the same sheet can be repeated."),
    "field_below_panel": ("须与全体参赛者比较的节点不能放在裁判组之内。", "A node that looks at the whole field cannot stand below a panel."),
    "panel_size": ("裁判人数 {} 应为 1–99。", "The panel size {} must be 1 to 99."),
    "panel_drop": ("去掉 {} 个最高分和 {} 个最低分后，应至少剩一个分数；取中位数时不去分。", "Dropping {} highest and {} lowest marks must leave a mark, and a median drops none."),
    "panel_plain_below": ("plain_below 为 {}，至少应为 {}：到场裁判较少时，去分后仍须有分数可用。", "The value {} of plain_below must be at least {}, so that dropping leaves a mark even where judges are missing."),
    "panel_minimum": ("最少裁判人数 {} 应在 1 与裁判人数之间。", "The minimum number of judges {} must be between 1 and the size."),
    "panel_nested": ("裁判组之内不能再设裁判组。", "A panel cannot stand below another panel."),
    "panel_misplaced": ("裁判组之下没有任何评分项。", "There is no criterion below this panel."),
    "panel_field": ("“{}”不适用于方法 {}。", "The field “{}” does not belong to the method {}."),
    "panel_middle": ("居中的分数个数 {} 应为 1 至裁判人数。", "The number of marks in the middle, {}, must be 1 to the size."),
    "panel_spread": ("允许的分差 {} 须写明，且不小于 0。", "The spread {} must be given and at least 0."),
    "panel_each": ("各分组的规则须写明；其人数须整除总人数，组内不能再分组，也不能补缺席。", "The rule of each sub-panel must be given; its size divides the size, it has no sub-panels and no fill."),
    "imported_below_panel": ("导入或带入的成绩不能放在裁判组之内。", "A mark from outside or from an earlier stage cannot stand below a panel."),
    "tie_unknown": ("排名依据“{}”不是方案中的节点。", "The ranking criterion “{}” is not a node of the plan."),
    "tie_repeated": ("排名依据“{}”重复。", "The ranking criterion “{}” is named more than once."),
    "tie_no_parts": ("“{}”没有可逐项比较的组成部分。", "“{}” has no parts to compare one by one."),
    "tie_no_marks": ("“{}”之下没有裁判的评分。", "There is no mark of a judge at or below “{}”."),
    "tie_counted": ("“{}”：counted 只用于 countback，且该节点须取最好的若干项（best、drop_worst，或 attempts 的 best、best_sum、best_mean）。", "“{}”: counted is for a countback over a node that keeps the best (best, drop_worst, attempts with best, best_sum or best_mean)."),
    "tie_up_to": ("适用名次 {} 应至少为 1。", "The rank {} up to which a criterion applies must be at least 1."),
}  # fmt: skip


class PlanFault(msgspec.Struct, frozen=True):
    """One thing wrong with a plan. `path` is the keys from the root, or "ties"."""

    path: str
    code: str
    zh: str
    en: str


def fault(path: str, code: str, *values: object) -> PlanFault:
    """The fault with its sentences filled in, cut so that a hostile plan makes no long ones."""
    zh, en = _TEXTS[code]
    shown = [str(value)[:LONGEST_SHOWN] for value in values]
    return PlanFault(path, code, zh.format(*shown), en.format(*shown))
