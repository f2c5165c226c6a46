"""Fictional workers and their marks: everything follows from a seed and a number, nothing from a clock or a list in memory.

Nobody living can be met. Every given name begins with 试, 拟, 演 or 例 ("trial", "simulated", "rehearsed", "example"),
behind surnames as they are; every ID number begins with 00, which GB/T 2260 assigns to no province. Person n of a seed is
the same whatever is generated before, so a season can be written in pieces and a piece written again.

Abilities are whole per mille and marks are Decimals on their step: no float comes near a mark.
"""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from functools import lru_cache
from hashlib import blake2b
from typing import Final, NamedTuple

from api.people.documents import Sex, id_check_digit
from api.people.names import sort_key
from scoring.plans.plan import Criterion

YOUNGEST: Final = 18
OLDEST: Final = 59
MOST_WORKERS: Final = 5_000_000
"""A running number of three digits and the four free digits of the region tell this many apart, whatever the birthday."""

FICTION_MARKS: Final = "试拟演例"
SURNAMES: Final = (
    *"王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕",
    *"苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史",
    *"顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文",
    *("单", "仇", "查", "解", "区", "朴", "盖", "尉迟", "万俟", "欧阳", "诸葛", "司马"),
)
SECOND_CHARACTERS: Final = (
    "安北川丹恩帆光海华佳建江杰君凯兰乐立林玲明宁平琪青然荣森山诗涛天婷伟文曦晓欣秀雅妍阳宇远悦云泽知竹子𠮷"
)

EDUCATION: Final = ("初中", "高中", "中专", "技校", "大专", "本科")
_EDUCATION_SHARES: Final = (8, 22, 46, 70, 92, 100)
POSTS: Final = ("操作工", "维修工", "装配工", "检验员", "班组长", "工艺员", "调度员", "安全员")
_FRONT_LINE_POSTS: Final = 5
_LEVEL_SHARES: Final = (50, 200, 450, 780, 930, 990, 998, 1000)
"""Per mille at or below each rung, from apprentice (0) to chief technician (7)."""


class Worker(NamedTuple):
    """One person in the order of COPY. `number` counts from 0 over the season, `employer` counts from 0 among those given; `ability` is per mille, never stored."""

    number: int
    name: str
    sort_key: str
    sex: Sex
    born: date
    id_number: str
    education: str
    employer: int
    post: str
    front_line: bool
    skill_level: int
    ability: int


class Employer(NamedTuple):
    name_zh: str
    name_en: str
    short_name: str


def workers(seed: int, first: int, count: int, *, on: date, employers: int) -> Iterator[Worker]:
    """Persons `first` … of a seed, aged 18 to 59 on a day, one at a time. Raises ValueError past five million."""
    if first < 0 or first + count > MOST_WORKERS or employers < 1:
        raise ValueError(f"{first}+{count} workers for {employers} employers cannot be told apart.")
    key = _key(seed, "people")
    latest = _years_before(on, YOUNGEST).toordinal()
    # One day younger than those who turn 60 on the day.
    earliest = _years_before(on, OLDEST + 1).toordinal() + 1
    for index in range(first, first + count):
        yield _worker(index, _draw(key, index), earliest, latest, employers)


def employers_of(place_zh: str, place_en: str, count: int) -> tuple[Employer, ...]:
    """Fictional firms of a place, told apart by branch and number."""
    return tuple(
        Employer(
            f"{place_zh}示例{branch_zh}{number}厂",
            f"Sample {branch_en} Works {number}, {place_en}",
            f"{place_zh}{branch_zh}{number}厂",
        )
        for index in range(count)
        for branch_zh, branch_en in (_BRANCHES[index % len(_BRANCHES)],)
        for number in (index // len(_BRANCHES) + 1,)
    )


def theory_mark(seed: int, worker: int, ability: int) -> Decimal:
    """A theory mark of 0 to 100 in steps of 0.5, within 10 of what the ability says."""
    spread = _draw(_key(seed, "theory"), worker) % 41 - 20
    halves = min(200, max(0, ability * 200 // 1000 + spread))
    return Decimal(halves * 5).scaleb(-1)


class Scale(NamedTuple):
    """What may be entered on one line, from the least to the most, with the same as texts; `low` and `high` bound the best band."""

    key: str
    kind: str
    values: tuple[Decimal, ...]
    texts: tuple[str, ...]
    low: int
    high: int


@lru_cache(maxsize=1024)
def scale_of(criterion: Criterion) -> Scale:
    """The scale of a criterion. Texts are without trailing zeros, as `trim_scale` writes them."""
    steps = _step_of(criterion, criterion.maximum)
    values = tuple(criterion.minimum + criterion.step * place for place in range(steps + 1))
    band = criterion.bands[0] if criterion.bands else None
    low = 0 if band is None or band.low is None else _step_of(criterion, band.low)
    high = steps if band is None or band.high is None else _step_of(criterion, band.high)
    texts = tuple(format(value.normalize(), "f") for value in values)
    return Scale(criterion.key, criterion.kind, values, texts, low, high)


def judge_mark(seed: int, worker: int, judge: int, criterion: Criterion, ability: int) -> Decimal:
    """What a judge enters: the same piece of work for all judges, each with a small error; always in range and on the step."""
    scale = scale_of(criterion)
    return scale.values[judge_place(seed, worker, judge, scale, ability)]


def judge_place(seed: int, worker: int, judge: int, scale: Scale, ability: int) -> int:
    """The same as a place on the scale."""
    draw = _draw_again(_key(seed, scale.key), worker)
    work = draw & 0xFFFF_FFFF_FFFF
    error = draw >> (48 + 16 * (judge % 8)) & 0xFFFF
    steps = len(scale.values) - 1
    match scale.kind:
        case "pass_fail":
            place = steps if work % 1000 < ability + 100 else 0
        case "judgement_0_3":
            place = (ability + work % 301 - 150 + error % 161 - 80) * (steps + 1) // 1000
        case "measured":
            place = _reading(scale, ability, work) + error % 3 - 1
        case _:
            place = (ability + work % 201 - 100 + error % 81 - 40) * steps // 1000
    return min(steps, max(0, place))


def practical_time_ms(seed: int, worker: int, ability: int) -> int:
    """How long the practical took, in milliseconds: 150 to 240 minutes, the able somewhat faster."""
    spread = _draw(_key(seed, "time"), worker) % 2_400_000
    return 14_400_000 - ability * 3_000 - spread


def _worker(index: int, draw: int, earliest: int, latest: int, employers: int) -> Worker:
    draw, surname = divmod(draw, len(SURNAMES))
    draw, mark = divmod(draw, len(FICTION_MARKS))
    draw, second = divmod(draw, len(SECOND_CHARACTERS))
    draw, day = divmod(draw, latest - earliest + 1)
    draw, man = divmod(draw, 10)
    draw, schooling = divmod(draw, 100)
    draw, employer = divmod(draw, employers)
    draw, post = divmod(draw, len(POSTS))
    draw, rung = divmod(draw, 1000)
    name = SURNAMES[surname] + FICTION_MARKS[mark] + SECOND_CHARACTERS[second]
    sex: Sex = "M" if man < 7 else "F"
    born = date.fromordinal(earliest + day)
    level = _rung(_LEVEL_SHARES, rung)
    return Worker(
        index,
        name,
        _key_of(name),
        sex,
        born,
        _id_number(index, born, sex),
        EDUCATION[_rung(_EDUCATION_SHARES, schooling)],
        employer,
        POSTS[post],
        post < _FRONT_LINE_POSTS,
        level,
        _ability(draw, level),
    )


def _id_number(index: int, born: date, sex: Sex) -> str:
    region, running = divmod(index, 500)
    digits = f"00{region:04}{born.year:04}{born.month:02}{born.day:02}{2 * running + (sex == 'M'):03}"
    return digits + id_check_digit(digits)


def _ability(draw: int, level: int) -> int:
    """Four equal draws make a hill around 670; each rung of the ladder lifts it by 20."""
    total = 0
    for _ in range(4):
        draw, part = divmod(draw, 141)
        total += part
    return min(990, 330 + total + 20 * level)


def _reading(scale: Scale, ability: int, work: int) -> int:
    """The step on the scale where the piece lies: inside the best band as often as the ability says, else just outside."""
    width = scale.high - scale.low + 1
    work, luck = divmod(work, 1000)
    if luck < ability:
        return scale.low + work % width
    beyond = 1 + work % max(3, width)
    return scale.high + beyond if work % 2 or scale.low == 0 else scale.low - beyond


def _step_of(criterion: Criterion, value: Decimal) -> int:
    return int((value - criterion.minimum) / criterion.step)


def _rung(shares: tuple[int, ...], drawn: int) -> int:
    return next(rung for rung, share in enumerate(shares) if drawn < share)


def _years_before(day: date, years: int) -> date:
    try:
        return day.replace(year=day.year - years)
    except ValueError:
        # 29 February falls back to the 28th in a common year.
        return date(day.year - years, 2, 28)


@lru_cache(maxsize=1024)
def _key(seed: int, purpose: str) -> bytes:
    # 64 bytes are what the hash takes as a key; the purpose first, so that no seed can push it out.
    return f"{purpose}/{seed}".encode()[:64]


def _draw(key: bytes, index: int) -> int:
    """192 bits that depend on nothing but key and number: no state to carry, so any piece can be made alone."""
    return int.from_bytes(blake2b(index.to_bytes(8, "big"), digest_size=24, key=key).digest(), "big")


# The judges of one panel ask about the same pieces, one after the other.
_draw_again = lru_cache(maxsize=64)(_draw)
_key_of = lru_cache(maxsize=65_536)(sort_key)
_BRANCHES: Final = (
    ("机械", "Machinery"),
    ("钢铁", "Steel"),
    ("纺织", "Textile"),
    ("建材", "Building Material"),
    ("化工", "Chemical"),
    ("食品", "Food"),
    ("电气", "Electrical"),
    ("汽配", "Vehicle Part"),
)
