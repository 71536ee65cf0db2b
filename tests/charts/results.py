"""Results made by hand, small and exact: what a chart draws is compared with what stands here."""

import math

import pandas as pd

from gaps.model import WAVE, Battery, Dimension, Instrument, Item, Role, Scale, Study, Withheld
from gaps.scoring.tables import GAP_COLUMNS, GapTable, WaterfallTable, ZoneTable
from gaps.stats.chain_results import Chain, Effect, Interval, Path
from gaps.stats.htmt import Heterotrait
from gaps.stats.naming import Naming, Point
from gaps.stats.priority_results import QUADRANTS, Level, MapPoint, Priorities, Quadrant
from gaps.stats.results import AsymmetryCurve, CurvePoint, DriverFit, Term, Verdict

NAN = float("nan")
NAMES = {
    "tangibles": ("Tangibles", "有形性"),
    "reliability": ("Reliability", "可靠性"),
    "responsiveness": ("Responsiveness", "响应性"),
    "assurance": ("Assurance", "保证性"),
    "empathy": ("Empathy", "移情性"),
}
GAP5 = {"tangibles": -0.31, "reliability": -1.24, "responsiveness": -0.92, "assurance": -0.05, "empathy": 0.22}


def study(*, batteries=tuple("EPMSVC"), dimensions=NAMES, waves=(), outcomes=("overall_quality",), per_dimension=2) -> Study:
    """A study without answers: charts ask it only for names, scale, waves and what was asked."""
    dims = tuple(Dimension(id, {"en": en, "zh": zh}) for id, (en, zh) in dimensions.items())
    items = tuple(
        Item(i * per_dimension + k + 1, d.id, {"en": f"{d.names['en']} item {k + 1}", "zh": f"{d.names['zh']}题目{k + 1}"})
        for i, d in enumerate(dims)
        for k in range(per_dimension)
    )
    batteries = tuple(Battery(b) for b in batteries)
    customers = pd.DataFrame({"respondent": ["c1"]})
    if waves:
        customers = pd.DataFrame({"respondent": [f"c{i}" for i in range(len(waves))], WAVE: pd.Categorical(list(waves), ordered=True)})
    answers = {b: pd.DataFrame(columns=[i.number for i in items]) for b in batteries}
    scales = {"overall_quality": Scale(1, 7), "satisfaction": Scale(0, 10), "recommend": Scale(0, 10)}
    return Study(
        "test",
        Instrument("test", {}, items, dims, Scale(1, 7), batteries),
        {Role.CUSTOMERS: customers},
        answers,
        outcomes={o: scales[o] for o in outcomes},
    )


def row(gap, mean, half=0.15, *, expected=6.2, n=200, n_expected=None, withheld="", **keys) -> dict:
    """One row of a gap table: mean ± half."""
    values = dict.fromkeys(("expected", "achieved", "mean", "se", "low", "high"), NAN)
    if not withheld:
        values = {
            "expected": expected,
            "achieved": expected + mean,
            "mean": mean,
            "se": half / 1.97,
            "low": mean - half,
            "high": mean + half,
        }
    counts = {"n_expected": n if n_expected is None else n_expected, "n_achieved": n, "n_none": 0, "df": n - 1}
    return dict.fromkeys(GAP_COLUMNS) | counts | values | {"gap": gap, "withheld": withheld} | keys


def table(rows, *, designs=None) -> GapTable:
    designs = designs or {g: "items" if any(r["gap"] == g and not r["withheld"] for r in rows) else None for g in range(1, 6)}
    return GapTable(pd.DataFrame(rows, columns=list(GAP_COLUMNS)), designs)


def full_rows() -> list[dict]:
    """All five gaps: totals and dimensions; delivery is the widest of the provider's."""
    totals = {1: (-0.22, 0.25), 2: (-0.35, 0.16), 3: (-0.82, 0.13), 4: (-0.61, 0.2), 5: (-0.46, 0.08)}
    rows = [row(g, m, h, n=200 if g == 5 else 36, n_expected=200 if g == 1 else None) for g, (m, h) in totals.items()]
    for i, (dimension, mean) in enumerate(GAP5.items()):
        rows.append(row(5, mean, 0.1 + 0.02 * i, dimension=dimension, expected=6.0 + 0.1 * i))
        rows += [row(g, totals[g][0] + 0.1 * (i - 2), totals[g][1] * 1.4, n=36, dimension=dimension) for g in (1, 2, 3, 4)]
        rows += [row(5, mean + 0.1 * k, 0.2, dimension=dimension, item=2 * i + k + 1) for k in range(2)]
    return rows


def unit_rows(count: int, *, gap=5, n=60, spread=1.0, half=0.25) -> list[dict]:
    """Units whose gaps go evenly from -1 - spread/2 to -1 + spread/2, and the total of -1."""
    width = len(str(count))
    units = [row(gap, -1 + spread * (i / max(count - 1, 1) - 0.5), half, n=n, unit=f"Branch {i + 1:0{width}d}") for i in range(count)]
    return [row(gap, -1.0, 0.05, n=n * count), *units]


def wave_rows(means: dict[str, float], half=0.1, gap=5) -> list[dict]:
    return [row(gap, m, half, wave=w) for w, m in means.items()]


def term(name, b=0.2, half=0.1, *, beta=None, share=0.2, spread=0.08, p_first=0.1) -> Term:
    return Term(
        name,
        b,
        half / 1.97,
        b - half,
        b + half,
        b * 1.5 if beta is None else beta,
        0.01,
        1.5,
        0.4,
        share,
        share - spread,
        share + spread,
        p_first,
    )


def fit(
    verdict: Verdict, *, predictors="P-E", shares=(0.41, 0.25, 0.16, 0.1, 0.08), firsts=(0.96, 0.03, 0.01, 0.0, 0.0), **more
) -> DriverFit:
    names = [*NAMES]
    if predictors == "P,E":
        terms = tuple(term(f"{b}:{d}", 0.2 if b == "P" else -0.05, share=0.1) for b in "PE" for d in names)
        blocks = {
            d: {"share": s, "share_low": s - 0.07, "share_high": s + 0.07, "p_first": p}
            for d, s, p in zip(names, shares, firsts, strict=True)
        }
    else:
        terms = tuple(term(d, 0.5 * s, share=s, p_first=p) for d, s, p in zip(names, shares, firsts, strict=True))
        blocks = {}
    r2 = {"P-E": 0.31, "P": 0.42, "P,E": 0.45}.get(predictors, 0.3)
    values = {"question": "dimension", "outcome": "overall_quality", "level": "respondent", "n": 1890, "r2": r2, "adj_r2": r2 - 0.01}
    values |= {"predictors": predictors, "terms": terms, "verdict": verdict, "blocks": blocks, "resamples": 2000} | more
    return DriverFit(**values)


NAMED = Verdict("tangibles", ("tangibles",), "named", 0.96, "reliability", 0.04, 0.3)
TIED = Verdict(None, ("tangibles", "reliability"), "probability_below_80", 0.55, "reliability", -0.1, 0.2)


def curve(status="estimated", reason="", *, below=1200, at=90, above=310, ratio=(1.9, 1.2, 3.1), slopes=(0.75, 0.39)) -> AsymmetryCurve:
    xs = [-3 + 0.25 * i for i in range(19)]
    at_zero = 5.2
    fitted = [at_zero + (slopes[0] if x < 0 else slopes[1]) * x for x in xs]
    band = tuple((x, y, y - 0.1 - 0.05 * abs(x), y + 0.1 + 0.05 * abs(x)) for x, y in zip(xs, fitted, strict=True))
    points = tuple(
        CurvePoint(x, y + 0.08 * math.sin(5 * x), y - 0.25, y + 0.25, 40 + 8 * i)
        for i, (x, y) in enumerate(zip(xs[::2], fitted[::2], strict=True))
    )
    low, high = (s - 0.1 for s in slopes), (s + 0.1 for s in slopes)
    (bl, al), (bh, ah) = low, high
    return AsymmetryCurve(
        "overall_quality", below + at + above, below, at, above, slopes[0], bl, bh, slopes[1], al, ah, 0.001,
        *(ratio if status == "estimated" else (NAN, NAN, NAN)), status, reason, at_zero - 0.3 * 6, 0.3, 6.0, 0.4, None, points, band,
    )  # fmt: skip


def zone(states: dict[str, tuple[float, float, float]], *, n=150, inconsistent=3) -> ZoneTable:
    rows = [
        {"dimension": d, "item": None, "n": n, "adequate": a, "desired": w, "perceived": p, "adequacy": p - a, "superiority": p - w,
         "position": (p - a) / (w - a), "inconsistent": inconsistent}
        for d, (a, w, p) in states.items()
    ]  # fmt: skip
    return ZoneTable(pd.DataFrame(rows))


def chain(dimension=None, unit=None, *, expected=6.2, steps=(-0.22, -0.35, -0.82, 0.93), promised=6.1, n=(200, 20, 40)) -> dict:
    names = ("gap1", "gap2", "gap3", "perception_step")
    return {"dimension": dimension, "unit": unit, "expected": expected, **dict(zip(names, steps, strict=True)),
            "perceived": expected + sum(steps), "promised": promised,
            **dict(zip(("n_customers", "n_managers", "n_employees"), n, strict=True))}  # fmt: skip


def waterfall_table(*rows) -> WaterfallTable:
    return WaterfallTable(pd.DataFrame(list(rows)))


def htmt(states=("alike", "close", "apart"), names=tuple(NAMES)[:3]) -> Heterotrait:
    """Three pairs, one of each state; a fourth state, withheld, as "unstable"."""
    numbers = {"alike": (0.97, 0.9, 1.04), "close": (0.82, 0.75, 0.9), "apart": (0.5, 0.4, 0.6), "unstable": (0.9, NAN, NAN)}
    chosen = [(names[0], names[1]), (names[0], names[2]), (names[1], names[2])]
    rows = [(*pair, *numbers[s], *(("", s) if s == "unstable" else (s, ""))) for pair, s in zip(chosen, states, strict=True)]
    frame = pd.DataFrame(rows, columns=["dimension", "other", "htmt", "low", "high", "state", "withheld"])
    return Heterotrait(300, frame, 1000, 1)


def naming(**changes) -> Naming:
    """207 customers; about 800 name tangibles with 80 %, 400 to 3,000 as uncertain as its lead is."""
    curve = tuple(Point(n, p, 0.01) for n, p in ((100, 0.05), (207, 0.2), (400, 0.5), (800, 0.8), (1600, 0.97), (3200, 1.0)))
    shares = {"tangibles": 0.4, "reliability": 0.25, "assurance": 0.35}
    values = {
        "first": "tangibles",
        "second": "reliability",
        "shares": shares,
        "n": 207,
        "now": 0.2,
        "needed": 800,
        "low": 400.0,
        "high": 3000.0,
    }
    about = {"level": "respondent", "outcome": "overall_quality", "predictors": "P,E", "r2": 0.5, "most": 20_000, "draws": 500, "seed": 1}
    return Naming(**(about | values | {"curve": curve, "power": 0.8} | changes))


def priorities(*, names=NAMES, n=190, chance=0.98, spread=1.0, stated=True) -> Priorities:
    """A map around a performance of 5.2: reliability important and lowest; tangibles is not certain of its field."""
    equal = 1 / len(names)
    weights = [equal * (2.0 if d == "reliability" else 0.75 + 0.02 * k) for k, d in enumerate(names)]
    means = [5.2 + spread * (-0.4 if d == "reliability" else 0.2 * (k % 4) - 0.05) for k, d in enumerate(names)]
    middle = sum(means) / len(means)
    points = []
    for k, (d, w, m) in enumerate(zip(names, weights, means, strict=True)):
        where = {
            (kind, centre): Quadrant(
                QUADRANTS[(0 if m < line else 1) if w >= equal else (2 if m < line else 3)], 0.6 if d == "tangibles" else chance
            )
            for kind in (("derived", "stated") if stated else ("derived",))
            for centre, line in (("data", middle), ("scale", 4.0))
        }
        level = Level(w, w * 0.8, w * 1.2)
        points.append(
            MapPoint(d, Level(m, m - 0.1, m + 0.1), Level(-0.3 - 0.1 * k, -0.6, -0.2), level if stated else None, level, 0.5, where)
        )
    crosshairs = {"data": (middle, equal), "scale": (4.0, equal)}
    return Priorities(
        "overall_quality",
        "P,E",
        n,
        200,
        180 if stated else 0,
        tuple(points),
        crosshairs,
        (),
        "respondent",
        2000,
        1,
        Scale(1, 7),
        few=n < 100,
    )


def effect(name, total=0.6, *, direct=None, split=None) -> Effect:
    """A gap's effect of which 0 is no part."""
    whole = Interval(total, total - 0.3, total + 0.3)
    given = Interval() if split else whole if direct is None else direct
    return Effect(name, whole, whole, given, Interval(0, -0.1, 0.1), whole, 0.8, 0.5, 0.25, 0.25, split)


def path(cause, end, value=0.5, *, status="clear") -> Path:
    reason = None if status in ("clear", "open") else Withheld(status, {"cause": cause, "effect": end})
    return Path(cause, end, Interval(value, value - 0.2, value + 0.2), Interval(value, value - 0.1, value + 0.1), Interval(), "M", 0.4, 0.1,
                0.2, status, reason)  # fmt: skip


def gap_chain(*, effects=None, paths=None) -> Chain:
    """Gaps 1 to 4 of 40 units: 1 → 2 clear, 2 → 3 open, 1 → 3 withheld."""
    split = Withheld("path_withheld", {"cause": "gap1", "effects": ("gap3",)})
    effects = effects or (effect("gap1", split=split), effect("gap2", 0.4), effect("gap3", 0.8), effect("gap4", 0.1))
    if paths is None:
        paths = (path("gap1", "gap2"), path("gap1", "gap3", status="shared_error"), path("gap2", "gap3", 0.1, status="open"))
    nothing = Withheld("not_measured")
    verdict = Verdict(None, tuple(e.name for e in effects), "probability_below_80", 0.4, effects[0].name)
    return Chain("overall_quality", "unit", "joint", 40, 40, 0, effects, paths, verdict, nothing, nothing, nothing, 0.6, resamples=2000)
