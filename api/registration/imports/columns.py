"""What the columns of a registration file are called, and how their words become values."""

import re
from collections.abc import Mapping
from typing import Final, TypeVar

import msgspec

from api.jobs.schemas import RowError
from api.jobs.sheets import Row, Sheet
from api.jobs.workbooks import ERROR_COLUMN
from api.people.schemas import LEVELS, LevelName
from api.plumbing.problems import Problem, field_error
from api.registration.schemas import MemberInput
from scoring.entrants.people import LEVELS as LEVEL_NAMES

T = TypeVar("T")

# Field → what people call it. The first is what our template says.
ALIASES: Final[dict[str, tuple[str, ...]]] = {
    "item": ("项目", "竞赛项目", "参赛项目", "工种", "报名项目", "item", "event"),
    "name": ("姓名", "选手姓名", "名字", "name", "full_name"),
    "document_type": ("证件类型", "证件种类", "document_type", "id_type"),
    "document_number": ("证件号码", "身份证号", "身份证号码", "证件号", "公民身份号码", "document_number", "id_number", "id_no"),
    "sex": ("性别", "sex", "gender"),
    "birth_date": ("出生日期", "出生年月日", "birth_date", "date_of_birth"),
    "education": ("学历", "文化程度", "education"),
    "mobile": ("手机号码", "手机", "手机号", "联系电话", "电话", "mobile", "phone"),
    "unit": ("单位", "工作单位", "所在单位", "单位名称", "unit", "employer"),
    "delegation": ("代表队", "代表团", "参赛队", "delegation"),
    "post": ("岗位", "职务", "工种岗位", "post", "job_title"),
    "front_line": ("一线职工", "是否一线", "是否一线职工", "front_line"),
    "union_member": ("工会会员", "是否工会会员", "union_member"),
    "public": ("公有制单位", "是否公有制", "public"),
    "skill_level": ("技能等级", "职业技能等级", "现有技能等级", "skill_level"),
    "certificate_no": ("证书编号", "技能等级证书编号", "certificate_no"),
    "role": ("角色", "身份", "role"),
    "team": ("组队", "队伍", "组别编号", "team"),
}  # fmt: skip
NEEDED: Final = ("item", "name", "document_number")

_DOCUMENT_TYPES: Final = {
    "": "id_card", "身份证": "id_card", "居民身份证": "id_card", "护照": "passport", "港澳居民来往内地通行证": "hk_macao",
    "港澳通行证": "hk_macao", "回乡证": "hk_macao", "台湾居民来往大陆通行证": "taiwan", "台胞证": "taiwan", "军官证": "military",
    "军人证": "military", "外国人永久居留身份证": "permanent_resident", "外国人永久居留证": "permanent_resident",
    **{kind: kind for kind in ("id_card", "passport", "hk_macao", "taiwan", "military", "permanent_resident")},
}  # fmt: skip
_ROLES: Final = {
    "": "contestant", "选手": "contestant", "参赛选手": "contestant", "领队": "leader", "教练": "coach", "教练员": "coach",
    **{role: role for role in ("contestant", "leader", "coach")},
}  # fmt: skip
_YES_NO: Final = {
    **dict.fromkeys(("是", "y", "yes", "true", "1", "√"), True),
    **dict.fromkeys(("否", "n", "no", "false", "0", "×"), False),
    "": None,
}
_LEVELS: Final[dict[str, LevelName | None]] = {
    "": None, "无": None, "无等级": None, "初级": "junior", "中级": "intermediate", "高级": "senior",
    **{level: level for level in LEVELS},
    **{LEVEL_NAMES[level][0]: level for level in LEVELS},
    **{LEVEL_NAMES[level][0].partition("（")[0]: level for level in LEVELS},
    **dict(zip(("五级", "四级", "三级", "二级", "一级"), LEVELS[1:6], strict=True)),
}  # fmt: skip
_EASY_DAY: Final = re.compile(r"([0-9]{4})[-/.年]([0-9]{1,2})[-/.月]([0-9]{1,2})日?")
_REMARK: Final = re.compile(r"[*＊:：（(].*$", re.DOTALL)
_COMPACT_DAY: Final = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})")


class Columns(msgspec.Struct, frozen=True):
    """Where each field stands in a file, and what its heading says there."""

    places: dict[str, int]
    headings: tuple[str, ...]

    def text(self, row: Row, field: str) -> str:
        """The row's text in this field; empty where the file has no such column."""
        place = self.places.get(field)
        return "" if place is None else row.cells[place]

    def heading(self, field: str) -> str:
        """The column as the user named it."""
        place = self.places.get(field)
        return "" if place is None else self.headings[place]

    def error(self, field: str, code: str, **params: object) -> RowError:
        """A fault of this column."""
        found = field_error("", code, **params)
        return RowError(self.heading(field), field, code, found.detail, found.detail_en)


def columns_of(sheet: Sheet) -> Columns:
    """Find the columns. Raises column_missing, column_unknown or column_twice before any row is looked at."""
    names = {_folded(alias): field for field, aliases in ALIASES.items() for alias in (field, *aliases)}
    places: dict[str, int] = {}
    for place, heading in enumerate(sheet.heading):
        if not heading or heading == ERROR_COLUMN:
            continue
        field = names.get(_folded(heading))
        if field is None:
            raise Problem("column_unknown", name=heading[:40])
        if field in places:
            raise Problem("column_twice", name=heading[:40])
        places[field] = place
    for field in NEEDED:
        if field not in places:
            raise Problem("column_missing", name=ALIASES[field][0], name_en=field)
    return Columns(places, sheet.heading)


def member_of(columns: Columns, row: Row, errors: list[RowError]) -> MemberInput:
    """The member a row gives; words that mean nothing here are faults of their column."""
    number = columns.places["document_number"]
    if number in row.inexact:
        errors.append(columns.error("document_number", "number_lost_digits"))
    return MemberInput(
        role=_word(columns, row, "role", _ROLES, "role_unknown", errors),
        name=columns.text(row, "name"),
        document_type=_word(columns, row, "document_type", _DOCUMENT_TYPES, "document_type_unknown", errors),
        document_number=columns.text(row, "document_number"),
        sex=columns.text(row, "sex").upper() or None,
        birth_date=_day(columns.text(row, "birth_date")),
        education=columns.text(row, "education") or None,
        mobile=columns.text(row, "mobile") or None,
        post=columns.text(row, "post") or None,
        front_line=_word(columns, row, "front_line", _YES_NO, "yes_or_no", errors),
        union_member=_word(columns, row, "union_member", _YES_NO, "yes_or_no", errors),
        public=_word(columns, row, "public", _YES_NO, "yes_or_no", errors),
        skill_level=_word(columns, row, "skill_level", _LEVELS, "skill_level_unknown", errors),
        certificate_no=columns.text(row, "certificate_no") or None,
    )


def _word(
    columns: Columns, row: Row, field: str, words: Mapping[str, T], code: str, errors: list[RowError]
) -> T:
    """What a word means; of a word unknown the fault is noted and the empty cell's meaning taken."""
    text = columns.text(row, field)
    if text.lower() not in words:
        errors.append(columns.error(field, code))
        return words[""]
    return words[text.lower()]


def _day(text: str) -> str | None:
    """2001-2-3, 2001/2/3, 2001年2月3日 and 20010203 as 2001-02-03; anything else as it stands, to be refused with its text."""
    match = _EASY_DAY.fullmatch(text) or _COMPACT_DAY.fullmatch(text)
    return f"{match[1]}-{int(match[2]):02d}-{int(match[3]):02d}" if match else text or None


def _folded(heading: str) -> str:
    """A heading as it is compared: 证件号码 *（必填） is 证件号码, ID number is id_number."""
    return _REMARK.sub("", heading.strip().lower()).strip().replace(" ", "_")
