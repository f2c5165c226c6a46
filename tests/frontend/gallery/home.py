"""P1 in its states: the list, nothing found, the stress set."""

from datetime import date

import msgspec

from frontend.views.common import Choice, Paging
from frontend.views.contests import ContestRow, HomePage, OpenNotice, TierProgress, TierTab
from tests.frontend.gallery.screen import Screen, at, public

NOW = at(3, 2, 17, 0)

PROGRESS = (
    TierProgress(tier="province", done=7, planned=10, running_items=12),
    TierProgress(tier="city", done=63, planned=100, regions=11, people=42_000),
    TierProgress(tier="base", done=742, planned=1000, regions=168, people=1_030_000),
)

ROWS = (
    ContestRow(
        slug="hebei-2021",
        name="2021年河北省职工职业技能大赛省级决赛",
        region="全省",
        starts_on=date(2021, 3, 1),
        ends_on=date(2021, 3, 3),
        state="running",
        trades=("钳工", "车工", "焊工"),
        item_count=12,
        team_count=153,
        people_count=715,
        stage="第2场 实操",
    ),
    ContestRow(
        slug="power-9",
        name="第九届全省电力行业技能竞赛",
        region="石家庄",
        starts_on=date(2021, 3, 12),
        ends_on=date(2021, 3, 13),
        state="registration",
        trades=("继电保护", "配电线路"),
        item_count=2,
        team_count=48,
        people_count=144,
        deadline=at(3, 7),
    ),
    ContestRow(
        slug="welding",
        name="全省职工焊接技术比武",
        region="唐山",
        starts_on=date(2021, 3, 20),
        ends_on=date(2021, 3, 20),
        state="registration",
        trades=("手工焊", "机器人焊"),
        item_count=2,
        team_count=26,
        people_count=78,
        deadline=at(3, 15),
    ),
    ContestRow(
        slug="forklift",
        name="全省物流行业叉车司机竞赛",
        region="廊坊",
        starts_on=date(2021, 2, 18),
        ends_on=date(2021, 2, 19),
        state="published",
        trades=("叉车司机",),
        item_count=1,
        team_count=31,
        people_count=93,
        state_at=at(2, 22, 10, 0),
    ),
    ContestRow(
        slug="care",
        name="全省家政服务职业技能竞赛",
        region="保定",
        starts_on=date(2021, 2, 6),
        ends_on=date(2021, 2, 6),
        state="awarded",
        trades=("养老护理", "母婴护理"),
        item_count=2,
        team_count=40,
        state_at=at(2, 9, 15, 0),
    ),
)

HOME = HomePage(
    season="2021",
    now=NOW,
    progress=PROGRESS,
    tabs=(
        TierTab(tier="province", count=10, chosen=True),
        TierTab(tier="city", count=100),
        TierTab(tier="county", count=688),
        TierTab(tier="enterprise", count=312),
    ),
    regions=(
        Choice("", "全省", True),
        *(Choice(f"1301{number:02}", name) for number, name in enumerate(("石家庄", "唐山", "廊坊", "保定"))),
    ),
    rows=ROWS,
    paging=Paging(first=1, last=5, total=10, next_url="/?tier=province&cursor=b2"),
    own_rank=True,
    notices=(
        OpenNotice("省技术能手拟授予人选", "/n/41", at(3, 6)),
        OpenNotice("叉车司机竞赛获奖名单", "/n/38", at(3, 4)),
    ),
)

EMPTY = msgspec.structs.replace(
    HOME, rows=(), paging=Paging(0, 0, 0), query="水下焊接", upper_tier="province", own_rank=False, notices=()
)

LONG = (
    "2021年新疆维吾尔自治区生产建设兵团第十二师头屯河机械装备制造与维修技术服务行业职工职业技能大赛省级选拔赛"
)
STRESS = msgspec.structs.replace(
    HOME,
    rows=(
        msgspec.structs.replace(
            ROWS[0],
            name=LONG,
            region="伊犁哈萨克自治州塔城地区和布克赛尔蒙古自治县",
            trades=("工业机器人系统操作与运维", "起重装卸机械智能控制", "𠮷䶮加工"),
            team_count=1,
            people_count=1_000_000,
            stage="第12场 实操（加赛）下午场",
        ),
        msgspec.structs.replace(ROWS[1], name="x" * 60),
    ),
)

SCREENS = (
    Screen("home", HOME, public("/")),
    Screen("home-stress", STRESS, public("/")),
    Screen("home-empty", EMPTY, public("/", "tier=city&q=水下焊接")),
)
