"""The names of columns and states as files write them, in English codes and in Chinese."""

from typing import Final

COLUMNS: Final[dict[str, tuple[str, ...]]] = {
    "entry": (
        "参赛号",
        "编号",
        "选手编号",
        "参赛编号",
        "选手",
        "参赛者",
        "赛位号",
        "号码",
        "队号",
        "队伍",
        "bib",
    ),
    "judge": ("裁判", "裁判员", "裁判编号", "评委"),
    "node": ("节点", "项目", "评分项", "评分项编号", "criterion"),
    "attempt": ("次", "次数", "试次", "轮次", "第几次", "run"),
    "value": ("分数", "得分", "成绩", "数值", "值", "分值", "score", "mark"),
    "state": ("状态", "情况", "status"),
    "stage": ("阶段", "赛段"),
    "time": ("用时", "时间", "耗时"),
    "reason": ("原因", "理由", "备注", "说明", "note"),
    "name": ("姓名", "名称", "参数", "参数名"),
    "hors_concours": ("非正式", "表演", "不计名次", "exhibition"),
    "lot": ("抽签号", "抽签", "抽签顺序"),
    "decision": ("裁定", "裁判长裁定", "裁定名次"),
    "delegation": ("代表队", "代表团", "参赛队"),
    "unit": ("单位", "工作单位"),
    "group": ("组别", "组"),
    "region": ("地区", "赛区"),
    "sex": ("性别",),
    "birth": ("出生日期",),
    "body_weight": ("体重",),
}
"""The canonical name of a column and the other headings it may have. Case, spaces and `-` do not matter."""

STATES: Final[dict[str, tuple[str, ...]]] = {
    "scored": ("已评", "有效", "ok", "valid"),
    "not_attempted": ("未做", "未作答", "未操作", "not attempted", "na"),
    "cleared": ("已清除", "清空", "撤销"),
    "did_not_start": ("dns", "未出发", "未开始", "未起跑", "未参赛", "未上场"),
    "did_not_finish": ("dnf", "未完成", "未完赛", "中途退出"),
    "invalid": ("无效", "犯规", "失败", "试举失败", "foul", "no lift", "nm", "x"),
    "passed": ("轮空", "免试", "免跳", "免做", "放弃本次", "pass", "-", "—"),
    "absent": ("缺考", "缺席", "缺赛", "未到"),
    "withdrew": ("弃权", "退赛", "wd", "withdrawn"),
    "disqualified": ("dsq", "dq", "取消资格", "取消比赛资格"),
    "late": ("迟到", "迟到取消"),
    "score_cancelled": ("取消成绩", "成绩取消", "成绩作废"),
    "hors_concours": ("exhibition", "表演", "非正式", "不计名次"),
    "recused": ("回避", "裁判回避"),
    "present": ("到场", "正常", "参赛"),
}
"""The code of a state and the words a file may use for it. Case does not matter."""

YES: Final = frozenset({"yes", "y", "true", "1", "是", "有", "√"})
NO: Final = frozenset({"no", "n", "false", "0", "否", "无", "×"})

_COLUMN: Final = {word: name for name, words in COLUMNS.items() for word in (name, *words)}
_STATE: Final = {word: name for name, words in STATES.items() for word in (name, *words)}


def column_named(heading: str) -> str:
    """The canonical name of a heading, or the heading itself where it is the file's own."""
    text = heading.strip()
    return _COLUMN.get(text.lower().replace(" ", "_").replace("-", "_"), text)


def state_named(word: str) -> str | None:
    """The code of a state word, None where it is none."""
    text = word.strip().lower()
    return _STATE.get(text) or _STATE.get(text.replace(" ", "_"))
