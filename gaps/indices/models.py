"""What is thought to lead to satisfaction and what it leads to: the customer satisfaction index models, as data.

A model is a value. The estimator (`gaps.indices.path_model`) knows none of these by name: any other `CausalModel` goes the same way.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from gaps.model import Scale

MODE_A, MODE_B = "A", "B"
MODES = (MODE_A, MODE_B)
TEN_POINTS = Scale(1, 10)


@dataclass(frozen=True, slots=True)
class Indicator:
    """One question: the column its answers stand in, what it asks about (a code, in our own words in the catalogues) and its scale."""

    column: str
    asks: str = ""
    scale: Scale = TEN_POINTS


@dataclass(frozen=True, slots=True)
class Construct:
    """What indicators have in common. mode "A": they reflect it (correlation weights), "B": they make it up (regression weights)."""

    id: str
    indicators: tuple[Indicator, ...]
    mode: str = MODE_A

    def __post_init__(self) -> None:
        if not self.indicators:
            raise ValueError(f"construct {self.id!r} has no indicator")
        if self.mode not in MODES:
            raise ValueError(f"mode must be one of {', '.join(MODES)}, not {self.mode!r}")

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns of its indicators."""
        return tuple(i.column for i in self.indicators)


@dataclass(frozen=True)
class CausalModel:
    """Constructs and the paths between them, without circles. `focus` is the construct that the satisfaction index is of.

    constructs: in any order; each takes part in a path, and each indicator belongs to one construct. paths: (from, to) by construct id.
    """

    id: str
    constructs: tuple[Construct, ...]
    paths: tuple[tuple[str, str], ...]
    focus: str
    source: str = ""

    def __post_init__(self) -> None:
        ids, columns = self.ids, self.columns
        if len(set(ids)) != len(ids) or len(set(columns)) != len(columns):
            raise ValueError("the constructs' ids and the indicators' columns must each differ")
        if strays := sorted({end for path in self.paths for end in path} - set(ids)):
            raise ValueError(f"paths name constructs that the model does not list: {strays}")
        if loose := [id for id in ids if not any(id in path for path in self.paths)]:
            raise ValueError(f"constructs without any path: {loose}")
        if len(set(self.paths)) != len(self.paths):
            raise ValueError("a path is listed twice")
        if self.focus not in ids:
            raise ValueError(f"focus {self.focus!r} is none of {', '.join(ids)}")
        if self._circle():
            raise ValueError("the paths lead in a circle")

    @property
    def ids(self) -> tuple[str, ...]:
        """The constructs' ids, in the model's order."""
        return tuple(c.id for c in self.constructs)

    @property
    def indicators(self) -> tuple[Indicator, ...]:
        """All indicators, construct by construct."""
        return tuple(i for c in self.constructs for i in c.indicators)

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns of all indicators, construct by construct."""
        return tuple(i.column for i in self.indicators)

    def construct(self, id: str) -> Construct:
        """One construct by its id."""
        return next(c for c in self.constructs if c.id == id)

    def antecedents(self, id: str) -> tuple[str, ...]:
        """The constructs that lead straight to this one, in the model's order."""
        return tuple(c for c in self.ids if (c, id) in self.paths)

    def without(self, path: tuple[str, str]) -> CausalModel | None:
        """The model without one path, and without the constructs that nothing then connects; None if no path is left."""
        paths = tuple(p for p in self.paths if p != path)
        if not paths:
            return None
        kept = tuple(c for c in self.constructs if any(c.id in p for p in paths))
        return replace(self, constructs=kept, paths=paths, focus=self.focus if self.focus in {c.id for c in kept} else kept[0].id)

    def on_scale(self, scale: Scale) -> CausalModel:
        """The model asked on another scale; questions that have one of their own (yes or no) keep it."""

        def asked(i: Indicator) -> Indicator:
            return replace(i, scale=scale) if i.scale == TEN_POINTS else i

        return replace(self, constructs=tuple(replace(c, indicators=tuple(map(asked, c.indicators))) for c in self.constructs))

    def of_modes(self, modes: Mapping[str, str]) -> CausalModel:
        """The model with other modes for some constructs, by id."""
        if strays := sorted(set(modes) - set(self.ids)):
            raise ValueError(f"the model has no construct {strays}")
        return replace(self, constructs=tuple(replace(c, mode=modes.get(c.id, c.mode)) for c in self.constructs))

    def _circle(self) -> bool:
        left = set(self.paths)
        while left:
            ends = {target for _, target in left}
            following = {path for path in left if path[0] in ends}
            if following == left:
                return True
            left = following
        return False


def _asked(prefix: str, *asks: str, numbered: bool = True, scale: Scale = TEN_POINTS) -> tuple[Indicator, ...]:
    return tuple(Indicator(f"{prefix}{k}" if numbered else prefix, what, scale) for k, what in enumerate(asks, start=1))


_EXPECTED = ("expected_overall", "expected_fit", "expected_reliability")
_VALUE = _asked("PERV", "price_given_quality", "quality_given_price")
_SATISFIED = _asked("CUSA", "satisfied_overall", "expectations_met", "near_ideal")
_COMPLAINED = Scale(0, 1)

SCSB = CausalModel(
    "scsb",
    (
        Construct("expectations", _asked("CUEX", "expected_overall")),
        Construct("performance", _VALUE),
        Construct("satisfaction", _SATISFIED),
        Construct("complaints", _asked("CUSCO", "complained_staff", "complained_management", scale=_COMPLAINED)),
        Construct("loyalty", _asked("CUSL", "choose_again", "price_tolerance")),
    ),
    (
        ("expectations", "performance"),
        ("expectations", "satisfaction"),
        ("performance", "satisfaction"),
        ("satisfaction", "complaints"),
        ("satisfaction", "loyalty"),
        ("complaints", "loyalty"),
    ),
    "satisfaction",
    "Swedish Customer Satisfaction Barometer: Fornell 1992, Journal of Marketing 56(1): 6-21",
)

ACSI = CausalModel(
    "acsi",
    (
        Construct("expectations", _asked("CUEX", *_EXPECTED)),
        Construct("quality", _asked("PERQ", "quality_overall", "quality_fit", "quality_reliability")),
        Construct("value", _VALUE),
        Construct("satisfaction", _SATISFIED),
        Construct("complaints", _asked("CUSCO", "complained", numbered=False, scale=_COMPLAINED)),
        Construct("loyalty", _asked("CUSL", "choose_again", "price_tolerance")),
    ),
    (
        ("expectations", "quality"),
        ("expectations", "value"),
        ("expectations", "satisfaction"),
        ("quality", "value"),
        ("quality", "satisfaction"),
        ("value", "satisfaction"),
        ("satisfaction", "complaints"),
        ("satisfaction", "loyalty"),
        ("complaints", "loyalty"),
    ),
    "satisfaction",
    "American Customer Satisfaction Index: Fornell, Johnson, Anderson, Cha & Bryant 1996, Journal of Marketing 60(4): 7-18",
)

ECSI = CausalModel(
    "ecsi",
    (
        Construct("image", _asked("IMAG", "trusted", "established", "good_for_society", "cares_for_customers", "innovative")),
        Construct("expectations", _asked("CUEX", *_EXPECTED)),
        Construct(
            "quality",
            _asked(
                "PERQ",
                "quality_overall",
                "quality_core",
                "service_and_advice",
                "quality_extras",
                "range_of_offers",
                "reliable_and_accurate",
                "clear_information",
            ),
        ),
        Construct("value", _VALUE),
        Construct("satisfaction", _SATISFIED),
        Construct("complaint_handling", _asked("CUSCO", "complaints_handled", numbered=False)),
        Construct("loyalty", _asked("CUSL", "choose_again", "price_tolerance", "recommend")),
    ),
    (
        ("image", "expectations"),
        ("image", "satisfaction"),
        ("image", "loyalty"),
        ("expectations", "quality"),
        ("expectations", "value"),
        ("expectations", "satisfaction"),
        ("quality", "value"),
        ("quality", "satisfaction"),
        ("value", "satisfaction"),
        ("satisfaction", "complaint_handling"),
        ("satisfaction", "loyalty"),
        ("complaint_handling", "loyalty"),
    ),
    "satisfaction",
    "European Customer Satisfaction Index: Tenenhaus, Esposito Vinzi, Chatelin & Lauro 2005, CSDA 48: 159-205",
)

MODELS: Mapping[str, CausalModel] = MappingProxyType({model.id: model for model in (SCSB, ACSI, ECSI)})
