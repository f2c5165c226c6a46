"""How low and how high a node can come out, from how low and high its parts can: for full marks, for checks, for bounds.

Conservative: a value can never lie outside its span; a span may be wider than what can happen.
"""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Final, NamedTuple

from scoring.decimals import MOST_DIGITS, ONE, ZERO
from scoring.plans.combining import Combine, Voids, combiner
from scoring.plans.converting import banded, conversion
from scoring.plans.expanding import Place, expand, parts_first
from scoring.plans.nodes import (
    Attempts,
    Bands,
    Best,
    Bonus,
    Carried,
    Chosen,
    Constant,
    Deviation,
    DropWorst,
    Imported,
    Judged,
    Linear,
    Maximum,
    Measured,
    Median,
    Minimum,
    Node,
    Parameter,
    PassLine,
    Penalty,
    Piecewise,
    Power,
    Product,
    Quotient,
    RankPoints,
    Ref,
    Relative,
    Veto,
    WeightedSum,
)

INFINITE: Final = Decimal("Infinity")
_TOO_LARGE: Final = Decimal(10) ** MOST_DIGITS


class Span(NamedTuple):
    """From `low` to `high`, both included, either may be infinite; `void`: there may be no number at all."""

    low: Decimal
    high: Decimal
    void: bool = False


ANYTHING: Final = Span(-INFINITE, INFINITE)
_NOTHING: Final = Span(ZERO, ZERO)


def full_mark(node: Node) -> Decimal | None:
    """The largest value the node can have, penalties and bonuses left out; None where nothing bounds it."""
    return full_marks(list(expand(node)))[node.key]


def full_marks(places: list[Place]) -> dict[str, Decimal | None]:
    """The full mark of each place, in reading order."""
    spans: dict[str, Span] = {}
    full: dict[str, Decimal | None] = {}
    for place in parts_first(places):
        match place.node:
            case Penalty() | Bonus():
                span: Span | None = _NOTHING
            case Veto() | Ref():
                # Of a ref out of the tree nothing is known.
                span = spans.get(place.parts[0], ANYTHING)
            case Relative(to="best"):
                span = Span(ZERO, place.node.points)
            case _:
                span = span_of(place, spans, {}, full)
        # Nothing but void can come of it: it is worth nothing.
        spans[place.key] = span or _NOTHING
        full[place.key] = _finite(spans[place.key].high)
        if isinstance(place.node, WeightedSum) and place.node.scale == "to_100":
            full[place.key] = Decimal(100)
    return {place.key: full[place.key] for place in places}


def static_spans(places: list[Place], full: Mapping[str, Decimal | None]) -> dict[str, Span]:
    """What each place can come out as whatever is marked, as long as no state is given; void alone is left out."""
    spans: dict[str, Span] = {}
    for place in parts_first(places):
        span = span_of(place, spans, {}, full)
        if span is not None:
            spans[place.key] = span
    return spans


def span_of(  # noqa: PLR0911 - one answer a kind
    place: Place, spans: Mapping[str, Span], void: Voids, full: Mapping[str, Decimal | None]
) -> Span | None:
    """The span before the node's own rounding; None: void for certain. Parts are in `spans`, in `void`, or not chosen."""
    node = place.node
    match node:
        case RankPoints() | Relative():
            return _fieldwise(node, spans.get(place.parts[0]))
        case Judged() | Measured() | Imported() | Carried() | Parameter() | Constant():
            return leaf_span(node)
        case Product():
            return _product([spans.get(part) for part in place.parts])
        case Quotient():
            return _quotient(*[spans.get(part) for part in place.parts])
        case Veto():
            return _veto(node, [spans.get(part) for part in place.parts])
        case _:
            combine = combiner(node, place.parts, [full.get(part) for part in place.parts])
            if combine is None:
                return _converted(node, spans.get(place.parts[0]))
            return _combined(node, place.parts, combine, spans, void)


def leaf_span(node: Node) -> Span:  # noqa: PLR0911 - one answer a kind
    """What a leaf can bring, in points."""
    match node:
        case Judged():
            worth = ONE if node.points is None else node.points / node.maximum
            most = node.maximum if node.points is None else node.points
            return Span(node.minimum * worth, most)
        case Measured(bands=()):
            most = INFINITE if node.maximum is None else max(node.maximum, ZERO)
            return Span(min(node.minimum, ZERO), most)
        case Measured():
            points = [band.points for band in node.bands]
            return Span(min(*points, ZERO), max(*points, ZERO))
        case Imported():
            return Span(node.minimum, node.maximum)
        case Carried():
            return Span(-INFINITE, INFINITE if node.maximum is None else node.maximum)
        case Parameter():
            low = -INFINITE if node.minimum is None else node.minimum
            return Span(low, INFINITE if node.maximum is None else node.maximum)
        case _:
            assert isinstance(node, Constant)
            return Span(node.value, node.value)


def _finite(value: Decimal) -> Decimal | None:
    return value if value.is_finite() else None


def _hull(values: Iterable[Decimal], void: bool = False) -> Span:
    found = list(values)
    return Span(min(found), max(found), void)


def _times(one: Decimal, other: Decimal) -> Decimal:
    """A product in which nothing of the infinite is nothing."""
    return one * other if one and other else ZERO


def _grown(span: Span) -> Span:
    """A span that can reach numbers too large for a result."""
    return span._replace(void=span.void or max(abs(span.low), abs(span.high)) >= _TOO_LARGE)


def _fieldwise(node: RankPoints | Relative, part: Span | None) -> Span | None:
    if part is None:
        return None
    if isinstance(node, RankPoints):
        return Span(min(*node.points, node.rest), max(*node.points, node.rest), part.void)
    # Parts below nothing turn the sign, and nobody knows the field.
    return ANYTHING._replace(void=True)


# ---- several parts


def _product(parts: Sequence[Span | None]) -> Span | None:
    product = Span(ONE, ONE)
    for part in parts:
        if part is None:
            return None
        corners = [_times(one, other) for one in product[:2] for other in part[:2]]
        product = _hull(corners, product.void or part.void)
    return _grown(product)


def _quotient(part: Span | None, by: Span | None) -> Span | None:
    if part is None or by is None or by.low == by.high == 0:
        return None
    if by.low <= 0 <= by.high:
        return ANYTHING._replace(void=True)
    # Nothing divided by the infinite, and the infinite by the infinite, come near nothing.
    corners = [
        ZERO if other.is_infinite() else one / other for one in part[:2] for other in by[:2]
    ]  # fmt: skip
    return _grown(_hull(corners, part.void or by.void))


def _veto(node: Veto, parts: Sequence[Span | None]) -> Span | None:
    part, vetoes = parts[0], parts[1:]
    failed = None if node.value is None else Span(node.value, node.value)
    if any(veto is None or veto.high < node.line for veto in vetoes):
        return failed
    if all(veto is not None and not veto.void and veto.low >= node.line for veto in vetoes):
        return part
    return _either(part, failed)


def _either(one: Span | None, other: Span | None) -> Span | None:
    """What may come out as one or the other; None is void."""
    if one is None or other is None:
        found = one or other
        return None if found is None else found._replace(void=True)
    return Span(min(one.low, other.low), max(one.high, other.high), one.void or other.void)


def _combined(
    node: Node, parts: tuple[str, ...], combine: Combine, spans: Mapping[str, Span], void: Voids
) -> Span | None:
    present = {part: spans[part] for part in parts if part in spans}
    if isinstance(node, Chosen) and len(present) > node.count:
        return _undecided(node, present.values())
    if isinstance(node, WeightedSum) and any(part.weight < 0 for part in node.parts):
        return _weighted(node, parts, spans)
    unsure = any(span.void for span in present.values())
    if unsure and not _is_strict(node):
        return _without_some(node, present.values())
    # Better parts never make these worse, so that the ends come from the ends.
    low = combine({part: span.low for part, span in present.items()}, void)
    high = combine({part: span.high for part, span in present.items()}, void)
    return Span(low, high, unsure) if isinstance(low, Decimal) and isinstance(high, Decimal) else None


def _is_strict(node: Node) -> bool:
    """Whether one void part makes the node void."""
    if isinstance(node, Attempts):
        return node.take in {"sum", "mean"}
    return not isinstance(node, Median | Minimum | Maximum | Best | DropWorst)


def _without_some(node: Node, parts: Iterable[Span]) -> Span:
    """Any of the parts may be left out of what is picked."""
    found = list(parts)
    if getattr(node, "total", "") == "sum" or getattr(node, "take", "") == "best_sum":
        low = sum([min(span.low, ZERO) for span in found], ZERO)
        return Span(low, sum([max(span.high, ZERO) for span in found], ZERO), True)
    return Span(min(span.low for span in found), max(span.high for span in found), True)


def _undecided(node: Chosen, parts: Iterable[Span]) -> Span:
    found = list(parts)
    lows = sorted(span.low for span in found)[: node.count]
    highs = sorted((span.high for span in found), reverse=True)[: node.count]
    return Span(sum(lows, ZERO), sum(highs, ZERO), any(span.void for span in found))


def _weighted(node: WeightedSum, parts: tuple[str, ...], spans: Mapping[str, Span]) -> Span | None:
    low, high, void = ZERO, ZERO, False
    for key, part in zip(parts, node.parts, strict=True):
        span = spans.get(key)
        if span is None:
            return None
        ends = _hull([_times(part.weight, span.low), _times(part.weight, span.high)])
        low, high, void = low + ends.low, high + ends.high, void or span.void
    return Span(low, high, void)


# ---- one part


def _converted(node: Node, part: Span | None) -> Span | None:  # noqa: PLR0911 - one answer a kind
    if part is None:
        return None
    low, high = part.low, part.high
    match node:
        case Linear(per_unit=factor) if not factor:
            return Span(node.base, node.base, part.void)
        case Penalty():
            return _hull([_times(-node.each, low), _times(-node.each, high)], part.void)
        case Bonus():
            return _hull([_times(node.each, low), _times(node.each, high)], part.void)
        case Piecewise():
            inside = [point.points for point in node.points if low < point.at < high]
            return _hull([*_ends(node, part), *inside], part.void)
        case Bands():
            return _banded(node, part)
        case Deviation():
            nearest = [ZERO] if low <= node.target <= high else []
            return _hull([*_ends(node, part), *nearest], part.void)
        case PassLine():
            return _pass_line(node, part)
        case Power():
            return _grown(_hull(_ends(node, part), part.void))
        case _:
            return _hull(_ends(node, part), part.void)


def _ends(node: Node, part: Span) -> list[Decimal]:
    convert = conversion(node)
    assert convert is not None
    return [value for end in part[:2] if isinstance(value := convert(end), Decimal)]


def _banded(node: Bands, part: Span) -> Span:
    if part.low == part.high:
        points = banded(node.bands, part.low, node.otherwise)
        return Span(points, points, part.void)
    met = [
        band.points
        for band in node.bands
        if (band.low is None or band.low <= part.high) and (band.high is None or part.low <= band.high)
    ]
    return _hull([*met, node.otherwise], part.void)


def _pass_line(node: PassLine, part: Span) -> Span | None:
    failed = None if node.value is None else Span(node.value, node.value)
    if node.better == "higher":
        never, always = part.high < node.line, part.low >= node.line
        passed = Span(max(part.low, node.line), part.high, part.void)
    else:
        never, always = part.low > node.line, part.high <= node.line
        passed = Span(part.low, min(part.high, node.line), part.void)
    if never:
        # A void part stays void, whatever a failed line counts as.
        return None if failed is None else failed._replace(void=part.void)
    return passed if always else _either(passed, failed)
