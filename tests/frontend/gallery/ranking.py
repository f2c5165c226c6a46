"""P5: final with a tie explained, provisional, frozen, progress only, withdrawn, none, nobody found, the stress set."""

from msgspec.structs import replace

from frontend.views.common import Choice, Paging, Version
from frontend.views.results import PartColumn, RankBand, RankPage, RankRow, TieStep, WhyPanel
from tests.frontend.gallery.contests import ITEM
from tests.frontend.gallery.screen import Screen, at, public

PATH = "/c/hebei-2021/e/itm_01J9K3F/rank"
COLUMNS = (PartColumn("theory", "理论", "30"), PartColumn("practical", "实操", "70"))

_PEOPLE = (
    (1, "周砺成", "QG-0217", "唐山", "唐山曹妃甸港务装备制造有限公司", "93.40", "94.77", "94.36"),
    (2, "陈柏舟", "QG-0103", "石家庄", "石家庄长安精密机床厂", "95.20", "93.07", "93.71"),
    (3, "李砚北", "QG-0331", "保定", "保定涿源汽车零部件股份有限公司", "90.93", "93.10", "92.45"),
    (4, "孟予衡", "QG-0912", "沧州", "沧州渤新管道装备集团有限责任公司", "92.10", "92.60", "92.45"),
    (
        5,
        "艾尼瓦尔·吐尔逊江",
        "QG-0805",
        "承德",
        "承德燕北矿山机械制造有限责任公司选矿装备分公司",
        "89.70",
        "92.81",
        "91.88",
    ),
    (6, "高望舒", "QG-0406", "邯郸", "邯郸冀南重型轧辊有限公司", "92.00", "90.86", "91.20"),
    (7, "刘吉安", "QG-0118", "石家庄", "石家庄滹沱轨道交通装备有限公司", "91.40", "90.31", "90.64"),
    (7, "宋知远", "QG-1003", "廊坊", "廊坊京南精工模具有限公司", "91.40", "90.31", "90.64"),
    (9, "赵䶮川", "QG-0702", "张家口", "张家口塞北风电设备有限公司", "88.20", "90.73", "89.97"),
    (10, "冯景行", "QG-0604", "秦皇岛", "秦皇岛临港修造有限公司", "90.10", "89.27", "89.52"),
    (11, "𠮷林", "QG-0511", "邢台", "邢台冀中机械厂", "87.00", "90.31", "89.32"),
    (12, "许怀瑾", "QG-1107", "衡水", "衡水滏阳橡塑科技有限公司", "88.40", "89.20", "88.96"),
)


def _row(
    rank: int, name: str, number: str, city: str, unit: str, theory: str, practical: str, total: str
) -> RankRow:
    return RankRow(
        entry=f"reg_{number[3:]}",
        number=number,
        name=name,
        delegation=city,
        unit=unit,
        rank=rank,
        total=total,
        parts=(theory, practical),
        shared=rank == 7,
        explained=rank in {3, 4},
    )


ROWS = tuple(_row(*person) for person in _PEOPLE)
OUT = (
    RankRow(
        "reg_0613",
        "QG-0613",
        "邵明川",
        "辛集",
        "辛集皮革机械厂",
        None,
        None,
        ("86.00", None),
        state="withdrew",
    ),
    RankRow(
        "reg_0616", "QG-0616", "罗一鸣", "定州", "定州铁路机务段", None, None, (None, None), state="absent"
    ),
)
WHY = WhyPanel(
    entry="reg_0331",
    title="为什么李砚北第3名",
    opening="李砚北与孟予衡总分同为92.45，按同分规则逐项比较，到第2项分出先后。",
    first_name="李砚北",
    second_name="孟予衡",
    steps=(
        TieStep("总分", "92.45", "92.45"),
        TieStep("实操", "93.10", "92.60", decides=True),
        TieStep("理论", None, None),
        TieStep("用时", None, None),
    ),
    verdict="实操高0.50分，李砚北列第3，孟予衡列第4。",
    source="规则见竞赛通知v2第6条，赛前公布，赛中未改。两人同在一等奖内，不影响奖次。",
    close_url=PATH,
)
FINAL = RankPage(
    item=ITEM,
    now=at(3, 3, 17),
    state="final",
    columns=COLUMNS,
    bands=(
        RankBand(ROWS[:4], "一等奖", 1, 4),
        RankBand(ROWS[4:], "二等奖", 5, 12),
        RankBand(OUT),
    ),
    entrants=40,
    version=Version(4, "7F3A-91C0", at(3, 3, 16, 42, 5)),
    tie_rule="总分、实操、理论、用时，仍相同则并列",
    delegations=(Choice("", "全部", True), Choice("130100", "石家庄"), Choice("130200", "唐山")),
    paging=Paging(1, 14, 40, next_url=PATH + "?cursor=b14"),
)
BARE = RankPage(item=ITEM, now=at(3, 2, 15), state="none")
LONG = "新疆生产建设兵团第十二师头屯河机械装备制造与维修技术服务有限责任公司第三分公司"
STRESS = replace(
    FINAL,
    bands=(
        RankBand(
            (
                RankRow(
                    "reg_1", "QG-00000001", "阿卜杜热依木江·买买提吐尔逊·阿布都克里木·艾合买提江·玉素甫",
                    "新疆生产建设兵团第十二师", LONG, 1, "100.00", ("-0.00", "100.00"), shared=True, explained=True,
                ),
                RankRow("reg_2", "QG-2", "𠮷䶮", "雄安", "厂", 1, "-12.5", ("0", "-0.5"), shared=True, own=True),
            ),
            "特等奖暨河北省五一劳动奖章",
            1,
            1,
        ),
    ),
)  # fmt: skip


def _screen(name: str, view: RankPage, query: str = "") -> Screen:
    return Screen(name, view, public(PATH, query))


SCREENS = (
    _screen("rank", FINAL),
    _screen("rank-why", replace(FINAL, why=WHY), "why=reg_0331"),
    _screen("rank-own", replace(FINAL, own=ROWS[5])),
    _screen("rank-provisional", replace(FINAL, state="provisional", appeals_until=at(3, 3, 18, 42))),
    _screen("rank-amended", replace(FINAL, state="amended")),
    _screen(
        "rank-frozen", replace(BARE, state="progress", judged=37, to_judge=40, frozen_since=at(3, 2, 16))
    ),
    _screen(
        "rank-waiting", replace(BARE, state="progress", judged=40, to_judge=40, frozen_since=at(3, 2, 16))
    ),
    _screen("rank-progress", replace(BARE, state="progress", judged=12, to_judge=40)),
    _screen(
        "rank-withdrawn",
        replace(
            BARE,
            state="withdrawn",
            withdrawn_at=at(3, 2, 10, 12),
            withdrawn_reason="第19工位评分表漏录一名裁判",
        ),
    ),
    _screen("rank-none", BARE),
    _screen("rank-nobody", replace(FINAL, bands=(), query="不存在的人", paging=None), "q=x"),
    _screen("rank-stress", STRESS),
)
