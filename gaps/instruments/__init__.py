"""What was asked, as data: one TOML file per questionnaire, and the names of known dimensions.

Labels are this project's own short names for what an item is about; the published wording is copyrighted and not copied.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib import resources

from gaps.model import Battery, Dimension, Gap, Instrument, Item, Scale

DEFAULT = "servqual-1991"
_DIMENSIONS = "dimensions"


@cache
def available() -> tuple[str, ...]:
    """List the ids of all instruments, the default first."""
    files = (f.name.removesuffix(".toml") for f in resources.files(__name__).iterdir() if f.name.endswith(".toml"))
    return tuple(sorted((id for id in files if id != _DIMENSIONS), key=lambda id: (id != DEFAULT, id)))


@cache
def load(id: str) -> Instrument:
    """Read an instrument by its id; the same value each time. Raises ValueError for an id that is not in `available()`."""
    if id not in available():
        raise ValueError(f"no instrument {id!r}; allowed are {', '.join(available())}")
    data = _read(id)
    items = data["items"] if "items" in data else _read(data["items_of"])["items"]
    dimensions = dict.fromkeys(item["dimension"] for item in items)
    return Instrument(
        id=id,
        names=data["names"],
        items=tuple(Item(i["number"], i["dimension"], {"en": i["en"], "zh": i["zh"]}, i.get("reversed", False)) for i in items),
        dimensions=tuple(Dimension(d, dimension_names(d)) for d in dimensions),
        scale=Scale(*data["scale"]),
        batteries=tuple(Battery(letter) for letter in data["batteries"]),
        direct=tuple(Gap(number) for number in data.get("direct", ())),
        source=data["source"],
    )


def default_for(n_items: int) -> str | None:
    """Name the instrument to assume when a workbook names none: the default where the number of items fits, else None."""
    return DEFAULT if n_items == len(load(DEFAULT).items) else None


def dimension_names(id: str) -> Mapping[str, str]:
    """Give the English and Chinese name of a known dimension id; empty if unknown."""
    return dict(_known_dimensions().get(id, {}))


def known_dimensions() -> tuple[Dimension, ...]:
    """List every dimension whose names are known in both languages, those of no instrument here included."""
    return tuple(Dimension(id, dict(names)) for id, names in _known_dimensions().items())


@cache
def _known_dimensions() -> Mapping[str, Mapping[str, str]]:
    return _read(_DIMENSIONS)


def _read(name: str) -> dict:
    return tomllib.loads(resources.files(__name__).joinpath(f"{name}.toml").read_text(encoding="utf-8"))
