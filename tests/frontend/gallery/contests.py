"""P2 and P3: open, before opening, closed; ranking published, in progress, withdrawn."""

from datetime import date

from msgspec.structs import replace

from frontend.views.common import ContestHead, ItemHead
from frontend.views.contests import (
    ContestPage,
    DocumentLink,
    ItemLine,
    ItemPage,
    PartLine,
    ScheduleLine,
    TimelineEvent,
)
from tests.frontend.gallery.screen import Screen, at, public

HEAD = ContestHead(
    id="con_01J9K3",
    slug="hebei-2021",
    name="2021年河北省职工职业技能大赛省级决赛",
    tier="province",
    contest_class="省级一类",
    state="registration",
)
ITEM = ItemHead(key="itm_01J9K3F", name="钳工", contest=HEAD, stage="省级决赛")

_ITEMS = (
    ("钳工", 38),
    ("车工", 36),
    ("铣工", 29),
    ("焊工", 40),
    ("电工", 40),
    ("数控加工中心", 34),
    ("工业机器人操作", 27),
    ("汽车维修工", 31),
    ("起重装卸机械", 22),
    ("化学检验员", 25),
    ("养老护理员", 33),
    ("砌筑工", 18),
)

CONTEST = ContestPage(
    contest=HEAD,
    now=at(1, 20, 17, 40),
    host="省职工技能赛组委会",
    items=tuple(
        ItemLine(key=f"itm_{number:02}", name=name, entered=entered, places=40)
        for number, (name, entered) in enumerate(_ITEMS)
    ),
    timeline=(
        TimelineEvent("registration", at(1, 10), at(2, 1), is_limit=True),
        TimelineEvent("review", at(2, 7), is_limit=True),
        TimelineEvent("theory", at(2, 20, 9), all_day=False),
        TimelineEvent("practical", at(3, 1), at(3, 4)),
        TimelineEvent("notice", at(3, 8), at(3, 13), working_days=5),
        TimelineEvent("award", at(3, 18)),
    ),
    places=480,
    filing_number="冀赛2021-003",
    notice_version="v2",
    hash_fragment="7F3A-91C0",
    entry_rule="个人赛，每市每项限报3人",
    register_opens_at=at(1, 10),
    register_closes_at=at(2, 1),
    register_note="每人限报1项，由单位先确认。",
    documents=(
        DocumentLink("竞赛通知v2", "/documents/41", date(2021, 1, 12)),
        DocumentLink("技术文件（12份）", "/documents/42", date(2021, 1, 15)),
    ),
)
CROWDED = replace(
    CONTEST,
    timeline=(
        TimelineEvent("registration", at(1, 10), at(2, 1), is_limit=True),
        TimelineEvent("review", at(2, 3), is_limit=True),
        TimelineEvent("theory", at(2, 5, 9), all_day=False),
        TimelineEvent("practical", at(2, 6), at(2, 8)),
        TimelineEvent("notice", at(2, 9), at(2, 14), working_days=5),
        TimelineEvent("award", at(2, 16)),
    ),
)
BEFORE = replace(CONTEST, now=at(1, 5), contest=replace(HEAD, state="announced"), documents=())
CLOSED = replace(CONTEST, now=at(2, 3), contest=replace(HEAD, state="closed"), timeline=())
CANCELLED = replace(CONTEST, contest=replace(HEAD, state="cancelled"), filing_number=None, places=None)

ITEM_PAGE = ItemPage(
    item=replace(ITEM, contest=replace(HEAD, state="published")),
    now=at(3, 4),
    entered=40,
    places=40,
    parts=(
        PartLine("理论", "30", "闭卷，100分，90分钟"),
        PartLine("实操", "70", "燕尾镶配，5名裁判，去掉一个最高分和一个最低分后取平均"),
    ),
    ties="总分、实操、理论、用时，仍相同则并列",
    ranking="published",
    ranked=38,
    published_at=at(3, 3, 16, 42),
    schedule=(
        ScheduleLine(at(2, 20, 9), at(2, 20, 10, 30), "理论考试", "省职工大学1号楼"),
        ScheduleLine(at(3, 2, 9), at(3, 2, 12), "第2场 实操", "实操一车间 工位01–40"),
    ),
    documents=CONTEST.documents,
)

SCREENS = (
    Screen("contest", CONTEST, public("/c/hebei-2021")),
    Screen("contest-crowded", CROWDED, public("/c/hebei-2021")),
    Screen("contest-before", BEFORE, public("/c/hebei-2021")),
    Screen("contest-closed", CLOSED, public("/c/hebei-2021")),
    Screen("contest-cancelled", CANCELLED, public("/c/hebei-2021")),
    Screen("item", ITEM_PAGE, public("/c/hebei-2021/e/itm_01J9K3F")),
    Screen(
        "item-open",
        replace(
            ITEM_PAGE,
            item=ITEM,
            now=at(1, 20),
            ranking="none",
            schedule=(),
            register_closes_at=at(2, 1),
            register_path="/my/reg/itm_01J9K3F",
        ),
        public("/c/hebei-2021/e/itm_01J9K3F"),
    ),
    Screen(
        "item-progress",
        replace(ITEM_PAGE, ranking="progress", judged=37, to_judge=40),
        public("/c/hebei-2021/e/itm_01J9K3F"),
    ),
    Screen("item-withdrawn", replace(ITEM_PAGE, ranking="withdrawn"), public("/c/hebei-2021/e/itm_01J9K3F")),
)
