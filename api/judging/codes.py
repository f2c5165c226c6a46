"""What may become of one operation: the codes in order of precedence. The first that applies is the answer.

The first five and `conflict` are decided by `enter_marks` (migrations/sql/judging), `session_at_venue` tells why a session is not
running, the others are decided beforehand from the plan.
docs/api/marks.md shows the same table; a test holds both equal.
"""

from typing import Final, Literal, TypeAlias

import msgspec

Status: TypeAlias = Literal["accepted", "duplicate", "op_reused", "conflict", "rejected"]


class Code(msgspec.Struct, frozen=True):
    """One line of the table. Texts may hold {number} {title} {value} {minimum} {maximum} {step} of the criterion."""

    code: str
    status: Status
    zh: str
    en: str


CODES: Final = (
    Code("duplicate", "duplicate",
         "已收到过，未重复保存。",
         "Received before. Not saved twice."),
    Code("op_reused", "op_reused",
         "同一操作编号已用于另一项内容，未保存。请用新的操作编号重新提交。",
         "This op_id was used for something else. Not saved. Send it with a new op_id."),
    Code("not_assigned", "rejected",
         "这张评分表已不由您评分，未保存。请联系裁判长。",
         "This sheet is no longer yours to mark. Not saved. Ask the chief judge."),
    Code("sheet_closed", "rejected",
         "评分表已提交或签字，未保存。如需更改，请裁判长退回。",
         "The sheet has been submitted or signed. Not saved. The chief judge can return it."),
    Code("session_closed", "rejected",
         "本场次未开始、已暂停或已结束，未保存。请联系裁判长。",
         "The session is not running. Not saved. Ask the chief judge."),
    Code("session_at_venue", "rejected",
         "本场次已交给场地服务器评分，未保存。请连接场地服务器。",
         "The session is with a venue server. Not saved. Connect to the venue server."),
    Code("unknown_criterion", "rejected",
         "这张评分表没有评分项“{criterion}”，未保存。请刷新评分表。",
         "This sheet has no criterion “{criterion}”. Not saved. Reload the sheet."),
    Code("reason_invalid", "rejected",
         "第{number}项的理由含不可见字符、为空或超过60字，未保存。请重新填写。",
         "Criterion {number}: a reason is empty, too long or holds invisible characters. Not saved. Enter it again."),
    Code("value_missing", "rejected",
         "第{number}项没有分值，未保存。请填{minimum}–{maximum}，或选“未做”。",
         "Criterion {number} has no value. Not saved. Enter {minimum} to {maximum}, or choose “not attempted”."),
    Code("value_not_allowed", "rejected",
         "第{number}项已选“未做”或“清除”，不能再带分值，未保存。",
         "Criterion {number} is not scored, so it cannot have a value. Not saved."),
    Code("decimal_invalid", "rejected",
         "第{number}项的“{value}”不是有效的数，未保存。请填如8.5这样的数。",
         "Criterion {number}: “{value}” is not a valid number. Not saved. Enter a number such as 8.5."),
    Code("out_of_range", "rejected",
         "第{number}项的{value}超出{minimum}–{maximum}，未保存。请填{minimum}–{maximum}。",
         "Criterion {number}: {value} is outside {minimum} to {maximum}. Not saved. Enter {minimum} to {maximum}."),
    Code("too_precise", "rejected",
         "第{number}项的{value}小数位过多，未保存。最小单位是{step}。",
         "Criterion {number}: {value} has too many decimals. Not saved. The step is {step}."),
    Code("off_step", "rejected",
         "第{number}项的{value}不符合步长{step}，未保存。",
         "Criterion {number}: {value} does not fit the step {step}. Not saved."),
    Code("conflict", "conflict",
         "此项已有别的修改，未保存。请对照后选择保留哪一个。",
         "It has been changed in between. Not saved. Compare both and choose."),
    Code("accepted", "accepted",
         "已保存。",
         "Saved."),
)  # fmt: skip

BY_CODE: Final = {each.code: each for each in CODES}
