"""State machines as data: which transition is allowed, and why the others are refused.

The same table stands in the database (`allowed_transition`), where a trigger holds it; a test keeps both equal.
"""

from api.plumbing.problems import Problem

MACHINES: dict[str, dict[str, tuple[str, ...]]] = {
    "contest": {
        "draft": ("published", "cancelled"),
        "published": ("running", "cancelled"),
        "running": ("finished", "cancelled"),
        "finished": ("archived",),
        "archived": (),
        "cancelled": (),
    },
    "entry": {
        "draft": ("at_unit", "at_organiser", "withdrawn"),
        "at_unit": ("at_organiser", "returned", "refused", "withdrawn"),
        "at_organiser": ("at_committee", "returned", "refused", "withdrawn"),
        "at_committee": ("accepted", "returned", "refused", "withdrawn"),
        "returned": ("at_unit", "at_organiser", "withdrawn"),
        "accepted": ("withdrawn",),
        "refused": (),
        "withdrawn": (),
    },
    "session": {
        "planned": ("running",),
        "running": ("paused", "closed"),
        "paused": ("running", "closed"),
        "closed": ("running",),
    },
    "sheet": {"open": ("submitted",), "submitted": ("open", "signed"), "signed": ("open",)},
    "publication": {
        "open": ("closed",),
        "closed": ("open", "confirmed"),
        "confirmed": ("closed", "provisional"),
        # To itself: a result that was corrected during its notice is shown again under a new one.
        "provisional": ("final", "provisional", "withdrawn"),
        "final": ("amended", "withdrawn"),
        "amended": ("amended", "withdrawn"),
        "withdrawn": ("closed",),
    },
    "slot": {
        "offered": ("accepted", "declined", "lapsed", "cancelled"),
        "accepted": ("cancelled",),
        "declined": (),
        "lapsed": (),
        "cancelled": (),
    },
    "job": {
        "queued": ("running", "cancelled"),
        "running": ("queued", "succeeded", "partly", "failed", "cancelled"),
        "succeeded": (),
        "partly": (),
        "failed": (),
        "cancelled": (),
    },
}

# Machine and state → its name in both languages; also the words the pages show.
STATE_NAMES: dict[str, dict[str, tuple[str, str]]] = {
    "contest": {
        "draft": ("草稿", "draft"),
        "published": ("已发布", "published"),
        "running": ("进行中", "running"),
        "finished": ("已结束", "finished"),
        "archived": ("已归档", "archived"),
        "cancelled": ("已取消", "cancelled"),
    },
    "entry": {
        "draft": ("草稿", "draft"),
        "at_unit": ("待单位审核", "at the unit"),
        "at_organiser": ("待主办单位审核", "at the organiser"),
        "at_committee": ("待组委会审核", "at the committee"),
        "returned": ("退回修改", "returned for correction"),
        "accepted": ("已通过", "accepted"),
        "refused": ("未通过", "refused"),
        "withdrawn": ("已撤回", "withdrawn"),
    },
    "session": {
        "planned": ("未开始", "planned"),
        "running": ("进行中", "running"),
        "paused": ("已暂停", "paused"),
        "closed": ("已结束", "closed"),
    },
    "sheet": {
        "open": ("评分中", "open"),
        "submitted": ("已提交", "submitted"),
        "signed": ("已签字", "signed"),
    },
    "publication": {
        "open": ("评分中", "marking"),
        "closed": ("收卷", "closed"),
        "confirmed": ("确认", "confirmed"),
        "provisional": ("公示", "provisional"),
        "final": ("终定", "final"),
        "amended": ("更正", "amended"),
        "withdrawn": ("撤回", "withdrawn"),
    },
    "slot": {
        "offered": ("已分配", "offered"),
        "accepted": ("已接受", "accepted"),
        "declined": ("已放弃", "declined"),
        "lapsed": ("已逾期", "lapsed"),
        "cancelled": ("已取消", "cancelled"),
    },
    "job": {
        "queued": ("排队中", "queued"),
        "running": ("进行中", "running"),
        "succeeded": ("已完成", "succeeded"),
        "partly": ("部分完成", "partly done"),
        "failed": ("失败", "failed"),
        "cancelled": ("已取消", "cancelled"),
    },
}


def require_transition(machine: str, from_state: str, to_state: str) -> None:
    """Raise forbidden_transition, naming both states and what is possible instead, unless the machine allows it."""
    allowed = MACHINES[machine][from_state]
    if to_state in allowed:
        return
    names = STATE_NAMES[machine]
    zh = "、".join(names[state][0] for state in allowed)
    en = ", ".join(names[state][1] for state in allowed)
    raise Problem(
        "forbidden_transition",
        reason_zh=f"现为“{names[from_state][0]}”，不能改为“{names[to_state][0]}”；"
        + (f"可改为：{zh}。" if allowed else "这是最终状态。"),
        reason_en=f"It is “{names[from_state][1]}” and cannot become “{names[to_state][1]}”; "
        + (f"possible: {en}." if allowed else "this state is final."),
    )
