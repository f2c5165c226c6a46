"""Texts, formats and the environment: what stands on a page is written one way."""

import hashlib
import re
from datetime import UTC, date, datetime
from decimal import Decimal

import msgspec
import pytest
from minijinja import TemplateError

from frontend.locales import Locale, UnknownTextError, texts
from frontend.pages import judge_app
from frontend.rendering import STATIC, TEMPLATES, RequestContext, icon, localised_url, render, static_url
from frontend.views import formats
from frontend.views.contests import TimelineEvent
from frontend.views.timeline import placed_timeline
from tests.frontend.gallery import SCREENS

HAN = re.compile(r"[\u3400-\u9fff\uff00-\uffef]")
SOURCES = [*TEMPLATES.rglob("*.html"), *TEMPLATES.parent.rglob("*.py")]
EXACT = re.compile(r"""\bt(?:exts\(locale\))?\(\s*["']([a-z_.]+)["']\s*[,)]""")
CHOSEN = re.compile(r"""\bt\(\s*["']([a-z_.]+)["'] if [^)]*? else ["']([a-z_.]+)["']""")
BUILT = re.compile(r"""(?:\bt\(\s*["']([a-z_.]+)["']\s*~)|(?:(?:\bt|texts\(locale\))\(f"([a-z_.]+)\{)""")


# The tablet's script asks for the texts of [tablet] by their last word.
SAID_BY_SCRIPT = re.compile(r"""\bt\(\s*(?:[^()"`]*\? ?)?"([a-z_0-9]+)"(?: : "([a-z_0-9]+)")?""")
CHOSEN_BY_SCRIPT = re.compile(r"""\bt\([^;`]*?\? "([a-z_]+)" : (?:"([a-z_]+)"|`)""")
BUILT_BY_SCRIPT = re.compile(r"""\bt\(\s*`([a-z_]+)\$""")
NAMED_IN_SCRIPT = re.compile(r"""\[\["(duel_\w+)".*?"(duel_\w+)".*?"(duel_\w+)\"""")


def keys_used() -> tuple[set[str], set[str]]:
    """Keys written out, and beginnings of keys that a code completes."""
    exact: set[str] = set()
    beginnings: set[str] = set()
    for path in SOURCES:
        source = path.read_text(encoding="utf-8")
        exact.update(EXACT.findall(source))
        exact.update(key for pair in CHOSEN.findall(source) for key in pair)
        beginnings.update(part for pair in BUILT.findall(source) for part in pair if part)
    for path in (TEMPLATES.parent / "static/js/judge").glob("*.js"):
        source = path.read_text(encoding="utf-8")
        for found in (*SAID_BY_SCRIPT.findall(source), *NAMED_IN_SCRIPT.findall(source)):
            exact.update(f"tablet.{name}" for name in found if name)
        beginnings.update(f"tablet.{name}" for name in BUILT_BY_SCRIPT.findall(source))
        exact.update(f"tablet.{name}" for pair in CHOSEN_BY_SCRIPT.findall(source) for name in pair if name)
    return exact, beginnings


@pytest.mark.parametrize("locale", ["zh", "en"])
def test_every_key_used_exists(locale: Locale) -> None:
    exact, beginnings = keys_used()
    held = texts(locale).keys()

    assert exact - held == set()
    assert {one for one in beginnings if not any(key.startswith(one) for key in held)} == set()


def test_no_key_is_unused() -> None:
    exact, beginnings = keys_used()

    unused = {key for key in texts("zh").keys() - exact if not key.startswith(tuple(beginnings))}

    assert unused == set()


def test_both_languages_hold_the_same_keys() -> None:
    assert texts("zh").keys() == texts("en").keys()


def test_both_languages_fill_the_same_places() -> None:
    def places(text: object) -> set[str]:
        whole = text if isinstance(text, str) else " ".join(dict(text).values())  # type: ignore[call-overload]
        return set(re.findall(r"\{(\w+)\}", whole))

    zh, en = texts("zh").written(), texts("en").written()

    assert {key for key in zh if places(zh[key]) != places(en[key])} == set()


def test_english_file_holds_no_chinese_but_the_name_of_the_language() -> None:
    allowed = {"site.other_language", "site.other_language_long"}

    chinese = {key for key, text in texts("en").written().items() if HAN.search(str(text))}

    assert chinese == allowed


def test_missing_text_is_a_fault_and_not_a_blank() -> None:
    with pytest.raises(UnknownTextError):
        texts("zh")("no.such.text")


@pytest.mark.parametrize(("n", "said"), [(0, "0 teams"), (1, "1 team"), (2, "2 teams")])
def test_english_counts_one_and_many(n: int, said: str) -> None:
    assert texts("en")("home.teams", n=n) == said


AT = datetime(2026, 3, 2, 6, 30, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("write", "zh", "en"),
    [
        (formats.full_datetime, "2026年3月2日 14:30", "2 Mar 2026 14:30"),
        (formats.full_date, "2026年3月2日", "2 Mar 2026"),
        (formats.moment, "3月2日 14:30", "2 Mar 14:30"),
        (formats.day, "3月2日", "2 Mar"),
    ],
)
def test_instants_are_shown_in_the_zone_of_the_contest(write: object, zh: str, en: str) -> None:
    assert (write("zh", AT), write("en", AT)) == (zh, en)  # type: ignore[operator]


def test_deadline_at_midnight_belongs_to_the_day_that_ends() -> None:
    """26 February 24:00 is stored as the first instant of the 27th."""
    midnight = datetime(2026, 2, 26, 16, tzinfo=UTC)

    assert formats.deadline("zh", midnight) == "2月26日24:00"
    assert formats.deadline("en", midnight) == "26 Feb 24:00"


def test_instant_without_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="without zone"):
        formats.moment("zh", datetime(2026, 3, 2, 14, 30))  # noqa: DTZ001


@pytest.mark.parametrize(
    ("first", "last", "zh", "en"),
    [
        (date(2026, 3, 1), date(2026, 3, 1), "3月1日", "1 Mar"),
        (date(2026, 3, 1), date(2026, 3, 3), "3月1日至3日", "1–3 Mar"),
        (date(2026, 3, 30), date(2026, 4, 2), "3月30日至4月2日", "30 Mar–2 Apr"),
    ],
)
def test_span_says_the_month_once(first: date, last: date, zh: str, en: str) -> None:
    assert (formats.span("zh", first, last), formats.span("en", first, last)) == (zh, en)


@pytest.mark.parametrize(
    ("mark", "shown"),
    [
        ("92.45", "92.45"),
        ("92.4", "92.40"),
        ("-12.5", "−12.50"),
        ("-0.00", "0.00"),
        ("100", "100.00"),
        ("2.345", "2.35"),
    ],
)
def test_marks_have_fixed_digits_and_a_true_minus(mark: str, shown: str) -> None:
    assert formats.mark(mark) == shown


def test_mark_that_became_a_float_is_refused() -> None:
    with pytest.raises(TypeError, match="decimal string"):
        formats.mark(92.45)  # type: ignore[arg-type]


def test_no_view_holds_a_decimal_or_a_float() -> None:
    """MiniJinja hands a Decimal to its filters as a float: 2.345 would be rounded by its binary neighbour."""
    structs = {
        name: struct
        for module in (
            "access",
            "admin",
            "awards",
            "common",
            "contests",
            "judging",
            "organiser",
            "registration",
            "results",
        )
        for name, struct in vars(__import__(f"frontend.views.{module}", fromlist=["*"])).items()
        if isinstance(struct, type) and issubclass(struct, msgspec.Struct)
    }

    offenders = {
        f"{name}.{field.name}"
        for name, struct in structs.items()
        for field in msgspec.structs.fields(struct)
        if field.type in (Decimal, float)
    }

    assert structs
    assert offenders == set()


@pytest.mark.parametrize(
    ("count", "zh", "en"),
    [(715, "715", "715"), (42_000, "4.2万", "42,000"), (1_030_000, "103万", "1,030,000")],
)
def test_head_counts_as_read_aloud(count: int, zh: str, en: str) -> None:
    assert (formats.people("zh", count), formats.people("en", count)) == (zh, en)


def test_title_breaks_at_phrase_ends_only_and_stays_escaped() -> None:
    assert formats.phrases("省职工职业技能大赛<决赛>") == "省职工<wbr>职业技能大赛&lt;决赛&gt;"


def test_english_addresses_have_their_prefix() -> None:
    assert [localised_url("en", path) for path in ("/", "/c/x")] == ["/en", "/en/c/x"]
    assert [localised_url("zh", path) for path in ("/", "/c/x")] == ["/", "/c/x"]


def test_static_addresses_change_with_their_content() -> None:
    digest = hashlib.sha256((STATIC / "css/tokens.css").read_bytes()).hexdigest()

    assert static_url("css/tokens.css") == f"/static/css/tokens.css?v={digest[:10]}"


def test_unknown_drawing_is_refused() -> None:
    with pytest.raises(ValueError, match="no drawing"):
        icon("None")


def test_vendored_files_are_the_published_ones() -> None:
    folder = STATIC / "vendor"

    for line in (folder / "SHA256SUMS.txt").read_text().splitlines():
        digest, name = line.split()
        assert hashlib.sha256((folder / name).read_bytes()).hexdigest() == digest, name


class _Hostile(msgspec.Struct, frozen=True):
    batches: tuple[object, ...] = ()
    authority: str = "<script>alert(1)</script>"


def test_data_is_escaped() -> None:
    html = render("awards/batches.html", _Hostile(), "zh", RequestContext(path="/award"))

    assert "<script>alert" not in html
    assert "&lt;script&gt;" in html


def test_missing_field_is_an_error_that_quotes_no_data() -> None:
    class Lacking(msgspec.Struct, frozen=True):
        secret: str = "00010519491231002X"

    with pytest.raises(TemplateError) as caught:
        render("awards/batches.html", Lacking(), "zh", RequestContext(path="/award"))

    assert "00010519491231002X" not in str(caught.value)


def test_page_includes_the_very_partial_that_htmx_gets() -> None:
    screen = SCREENS["rank"]

    page = render(screen.template, screen.view, "zh", screen.context)
    part = render("results/_ranking.html", screen.view, "zh", screen.context)

    assert part.strip() in page


def test_progress_and_withdrawn_pages_show_no_name() -> None:
    for name in ("rank-frozen", "rank-progress", "rank-withdrawn", "rank-none"):
        screen = SCREENS[name]
        assert "周砺成" not in render(screen.template, screen.view, "zh", screen.context)


def test_no_name_of_a_contestant_is_on_a_judge_page() -> None:
    names = ("周砺成", "陈柏舟", "李砚北", "孟予衡")

    for screen in SCREENS.values():
        if screen.context.room == "judge":
            html = render(screen.template, screen.view, "zh", screen.context)
            assert not any(name in html for name in names), screen.name


def test_crowded_dates_take_a_second_row_instead_of_lying_on_each_other() -> None:
    def event(kind: str, month: int, day: int) -> TimelineEvent:
        return msgspec.convert({"kind": kind, "at": datetime(2026, month, day, tzinfo=UTC)}, TimelineEvent)

    apart = (event("review", 3, 1), event("theory", 4, 1), event("award", 5, 1))
    crowded = (event("review", 3, 1), event("theory", 3, 2), event("award", 5, 1))

    assert placed_timeline("zh", apart, AT).two_rows is False
    assert [one.row for one in placed_timeline("zh", crowded, AT).events] == [0, 1, 0]


def test_addresses_are_escaped_once_and_keep_their_slashes() -> None:
    screen = SCREENS["award"]

    html = render(screen.template, screen.view, "zh", screen.context)

    assert 'href="/award/bat_1?tab=needs_person&amp;who=awd_1"' in html
    assert "&amp;amp;" not in html


def test_nothing_but_the_attributes_of_a_field_is_put_into_a_page_as_it_is() -> None:
    """Those stand in the templates; a text that somebody entered would be markup there."""
    counts = {
        path.name: path.read_text(encoding="utf-8").count("|safe") for path in TEMPLATES.rglob("*.html")
    }

    assert {name: count for name, count in counts.items() if count} == {"_macros.html": 1}


def test_no_script_of_the_tablets_holds_a_text_over_lines_that_a_comment_could_begin():
    """Lines that begin with // are left out when these files are sent: between backquotes that would change a text."""
    for name, body in judge_app._app_files().items():
        for line in body.decode().splitlines():
            assert line.count("`") % 2 == 0, (name, line)
