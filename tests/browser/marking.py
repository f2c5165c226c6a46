"""One station before a panel of two, with twelve judgements and a contestant whose name is found nowhere else."""

import secrets
from decimal import Decimal
from typing import NamedTuple
from uuid import UUID

from api.access.authentication import token_hash
from api.plumbing.db import Db
from api.plumbing.ids import encode_id
from scoring import Benchmark, Judged, Panel, Plan, Rounding, Sum
from scoring.plans.plan import Band, MarkKind, Measured
from tests.browser.site import Site, apart
from tests.plans import practical_plan
from tests.world import World

CRITERIA = 12
WORDS = ("未达标", "达标", "良好", "优秀")


class Seeded(NamedTuple):
    """A running session. `judges` are links of the chief and of the other judge; `secret` what no judge may read."""

    session: str
    judges: tuple[str, str]
    secret: frozenset[str]
    session_id: UUID
    accounts: tuple[UUID, UUID]


def twelve_judgements() -> Plan:
    """Twelve criteria from 0 to 3."""
    criteria = tuple(
        Judged(
            key=f"J{number:02}",
            title=f"第{number}项要求",
            title_en=f"Requirement {number}",
            maximum=Decimal(3),
            kind="judgement_0_3",
            points=Decimal(8),
            benchmarks=tuple(
                Benchmark(value=Decimal(value), word=word, text=f"{word}：锉纹方向一致，无明显划痕。")
                for value, word in enumerate(WORDS)
            ),
        )
        for number in range(1, CRITERIA + 1)
    )
    return practical_plan("twelve", 1, "十二项评定", criteria)


def seed_session(site: Site, plan: Plan | None = None, stations: int = 1) -> Seeded:
    """Build it in the site's database, beside the demo's season."""
    return apart(_seed(site, plan or twelve_judgements(), stations))


async def _seed(site: Site, plan: Plan, stations: int) -> Seeded:
    db = await Db.connect(site.settings)
    try:
        async with World(None, db, site.settings) as world:
            name, unit = f"隐{secrets.token_hex(4)}名", f"密{secrets.token_hex(4)}厂"
            # In the demo's season: a newer one would take the home page from it.
            season = await world.fetchval("SELECT season_id FROM contest WHERE slug LIKE '%-final-early'")
            contest = await world.contest(plan=plan, season=season)
            entry = await world.entry(contest, name=name, unit_name=unit)
            judges = await world.judges(contest, 2)
            await world.grant(judges[0].account_id, "chief_judge", "contest", contest.contest)
            others = [await world.entry(contest) for _ in range(stations - 1)]
            await world.sheets(contest, [entry, *others], judges)
            session = await world.fetchval("SELECT id FROM judging_session WHERE item_id = $1", contest.item)
            number = await world.fetchval("SELECT number FROM entry WHERE id = $1", entry)
            first, second = [await _link(world, site, judge.account_id) for judge in judges]
            return Seeded(
                encode_id("session", session),
                (first, second),
                frozenset({name, unit, number, encode_id("entry", entry), str(entry)}),
                session,
                (judges[0].account_id, judges[1].account_id),
            )
    finally:
        await db.close()


async def _link(world: World, site: Site, account: UUID) -> str:
    token = "demo-" + secrets.token_urlsafe(24)
    await world.execute(
        "INSERT INTO sign_in_link (token_hash, account_id, target, reusable, expires_at) "
        "VALUES ($1, $2, '/', true, now() + interval '1 hour')",
        token_hash(token), account,
    )  # fmt: skip
    return f"{site.url}/login/link/{token}"


def every_kind() -> Plan:
    """Twelve criteria in two groups: four measured, one pass or fail, a small count; three judgements and three deductions."""

    def group(key: str, title: str, title_en: str, *parts: Judged | Measured) -> Sum:
        return Sum(key=key, title=title, title_en=title_en, parts=parts)

    def measured(key: str, title: str, low: str, high: str) -> Measured:
        band = Band(points=Decimal(10), low=Decimal(low), high=Decimal(high))
        return Measured(
            key=key, title=title, title_en=f"Measure {key}", bands=(band,), maximum=Decimal(300), unit="mm"
        )

    def judged(key: str, title: str, kind: MarkKind, maximum: str, step: str = "1") -> Judged:
        words = tuple(
            Benchmark(value=Decimal(value), word=word, text=f"{word}：锉纹方向一致，无明显划痕。")
            for value, word in enumerate(WORDS)
        )
        return Judged(
            key=key,
            title=title,
            title_en=f"Criterion {key}",
            kind=kind,
            maximum=Decimal(maximum),
            step=Decimal(step),
            benchmarks=words if kind == "judgement_0_3" else (),
        )

    root = Sum(
        key="practical",
        title="燕尾镶配",
        title_en="Dovetail fit",
        panel=Panel(size=2),
        rounding=Rounding(),
        parts=(
            group(
                "A",
                "尺寸与形位",
                "Size and form",
                measured("A1", "外形尺寸", "59.97", "60.03"),
                measured("A2", "燕尾宽度", "23.98", "24.05"),
                measured("A3", "配合间隙", "0", "0.04"),
                measured("A4", "孔距", "29.95", "30.05"),
                judged("A5", "对称度", "pass_fail", "1"),
                judged("A6", "毛刺处数", "free", "9"),
            ),
            group(
                "B",
                "工艺与安全",
                "Work and safety",
                judged("B1", "划线与基准", "judgement_0_3", "3"),
                judged("B2", "锉削方法", "judgement_0_3", "3"),
                judged("B3", "锉削面质量", "judgement_0_3", "3"),
                judged("B4", "表面粗糙度", "deduction", "8", "0.5"),
                judged("B5", "安全文明", "deduction", "10"),
                judged("B6", "工具摆放", "deduction", "5"),
            ),
        ),
    )
    return Plan(code="every-kind", version=3, title="各类评分项", root=root)


def deductions(count: int = 12) -> Plan:
    """A sheet of deductions alone, as J4 counts its taps."""
    parts = tuple(
        Judged(
            key=f"D{number:02}",
            title=f"第{number}项",
            title_en=f"Item {number}",
            kind="deduction",
            maximum=Decimal(8),
            step=Decimal("0.5"),
        )
        for number in range(1, count + 1)
    )
    return practical_plan("deductions", 1, "扣分项", parts)
