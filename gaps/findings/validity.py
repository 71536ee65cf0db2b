"""Reliability and validity turned into coded statements with their numbers, in reading order; the sentences are in i18n/*/validity.toml."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence

import numpy as np
import pandas as pd

from gaps.disclosure.minimum import SMALL
from gaps.findings import ATTENTION, GOOD, INFORMATION, Finding
from gaps.model import Study, Withheld
from gaps.stats.difference_reliability import DifferenceReliability
from gaps.stats.factor_model import FactorModel
from gaps.stats.htmt import ALIKE, APART, CLOSE, NO_COMMON_CORE, RESAMPLED, Heterotrait
from gaps.stats.item_analysis import AGAINST
from gaps.stats.results import Reliability
from gaps.stats.validity import NOT_WANTED, Structure, Validity

CERTAINTY = " | "
METHODS = ("alpha", "omega", "item_total", "difference", "htmt", "adequacy", "model")
NAMED_AT_MOST = 3
FEWEST = 30  # people: of fewer an alpha says next to nothing
USUAL = 0.70  # of alpha (Nunnally & Bernstein 1994): a custom to look at, not a gate


def find(result: Validity) -> tuple[Finding, ...]:
    """All that can be said of a study's reliability and validity: consistency, single items, the gap, then battery by battery."""
    found = [*_consistency(result), *_items(result), *_difference(result.difference)]
    for structure in result.structures.values():
        found += [*_htmt(structure), *_model(structure), *_adequacy(structure)]
    return tuple(found)


def verdicts(alpha: Reliability, distinct: Mapping[str, Heterotrait | Withheld]) -> tuple[Finding, ...]:
    """Say of each battery in one sentence whether the items of its dimensions belong together, and whether its dimensions are distinct."""
    rows = alpha.frame.to_dict("records")
    return tuple(_verdict(battery, [row for row in rows if row["battery"] == battery], htmt) for battery, htmt in distinct.items())


def _verdict(battery: str, rows: Sequence[Mapping], htmt: Heterotrait | Withheld) -> Finding:
    if all(row["withheld"] == SMALL or not row["n"] > 0 for row in rows):
        return Finding("verdict", INFORMATION, {"battery": battery, "together": "nobody", "apart": "nobody"})
    known = [row for row in rows if not row["withheld"]]
    alphas, counts = [float(row["alpha"]) for row in known], [int(row["n"]) for row in known]
    below = tuple(row["dimension"] for row in known if np.round(row["alpha"], 2) < USUAL)  # as it is shown
    values: dict[str, object] = {"battery": battery, "together": _together(counts, len(below)), "compared": len(known), "dimensions": below}
    if known:
        values |= {"lowest": min(alphas), "highest": max(alphas)}
    pairs = [] if isinstance(htmt, Withheld) else [row for row in htmt.frame.to_dict("records") if not row["withheld"]]
    if not pairs:
        values |= _not_told_apart(htmt)
    else:
        alike = sorted((row for row in pairs if row["state"] == ALIKE), key=lambda row: -row["high"])
        apart = ALIKE if alike else CLOSE if any(row["state"] == CLOSE for row in pairs) else APART
        named = tuple((row["dimension"], row["other"]) for row in alike[:NAMED_AT_MOST])
        values |= {"pairs": named, "count": len(alike), "all": len(pairs), "apart": apart}
        counts.append(htmt.n)
    if counts:
        values |= {"n": min(counts), "most": max(counts)}
    doubt = str(values["together"]).startswith("below") or values["apart"] == ALIKE
    sure = values["together"] in ("all", "one") and values["apart"] in (APART, CLOSE, "single")
    return Finding("verdict", ATTENTION if doubt else GOOD if sure else INFORMATION, values)


def _together(counts: Sequence[int], below: int) -> str:
    """Whether the items of each dimension go together. counts: people by dimension that has an alpha; below: of how many it is low."""
    if not counts:
        return "none"
    if min(counts) < FEWEST:
        return "few"
    if below:
        return "below" if below < len(counts) else "below_one" if below == 1 else "below_all"
    return "one" if len(counts) == 1 else "all"


def _not_told_apart(htmt: Heterotrait | Withheld) -> dict[str, object]:
    """Why it is not said whether the dimensions are distinct."""
    if not isinstance(htmt, Withheld):
        return {"apart": "no_core" if htmt.frame["withheld"].eq(NO_COMMON_CORE).any() else "open"}
    if htmt.reason in ("one_dimension", "few_items"):
        return {"apart": "single"}
    if htmt.reason == "too_few":
        return {"apart": "too_few", "complete": htmt.values["n"], "needed": htmt.values["needed"]}
    return {"apart": "constant" if htmt.reason == "constant_item" else "open"}


def sentence(finding: Finding, study: Study, words: Callable) -> str:
    """The statement in words, with how sure it is. Text from the data is plain: escape it where it is shown."""
    return ("" if words.language == "zh" else " ").join(part for part in statement_and_certainty(finding, study, words) if part)


def statement_and_certainty(finding: Finding, study: Study, words: Callable) -> tuple[str, str]:
    """What was found, and apart from it how sure that is; the second may be empty."""
    said, _, sure = words(_key(finding, words), **_named(finding, study, words)).partition(CERTAINTY)
    return said, sure


def method(name: str, words: Callable) -> str:
    """How one figure was computed, with its reference; `name` is one of METHODS."""
    return words(f"validity.method.{name}", **({"resampled": RESAMPLED} if name == "htmt" else {}))


def reason(withheld: str, words: Callable) -> str:
    """Why a cell of a table is empty, in a few words, from the code in its `withheld` column."""
    specific = f"validity.cell.{withheld}"
    return words(specific if specific in words else "validity.cell.other")


def _key(finding: Finding, words) -> str:
    if finding.code == "verdict":
        return f"validity.verdict.{_people(finding.values)}"
    general = f"validity.{finding.code}"
    specific = f"{general}.{finding.values.get('reason')}"
    if specific in words:
        return specific
    return general if general in words else f"{general}.other"


def _people(values: Mapping[str, object]) -> str:
    """Which sentence of a verdict: with its people, from the fewest to the most behind a number of it."""
    if values["together"] == "nobody":
        return "nobody"
    return "bare" if "n" not in values else "n" if values["n"] == values["most"] else "span"


def _named(finding: Finding, study: Study, words) -> dict[str, object]:
    values = dict(finding.values)
    language = words.language

    def dimension(id: object) -> str:
        return next((d.name(language) for d in study.instrument.dimensions if d.id == id), str(id))

    if "battery" in values:
        values["battery"] = words(f"validity.battery.{values['battery']}")
    if "dimension" in values:
        values["dimension"] = dimension(values["dimension"])
    if "dimensions" in values:
        values["dimensions"] = words.several(map(dimension, values["dimensions"]))
    if "pairs" in values:
        pairs = values["pairs"]
        values["pairs"] = words.list(words("validity.pair", first=dimension(a), second=dimension(b)) for a, b in pairs)
    if "items" in values:
        values["items"] = words.list(values["items"])
    if finding.code == "verdict" and values["together"] != "nobody":
        for part in ("together", "apart"):
            values[part] = words(f"validity.{part}.{values[part]}", **values)
    return values


def _withheld(code: str, battery: str, withheld: Withheld) -> Finding:
    values = {k: v for k, v in withheld.values.items() if k not in ("items", "dimensions") or isinstance(v, tuple)}  # names, not numbers
    return Finding(code, INFORMATION, {**values, "battery": battery, "reason": withheld.reason})


def _consistency(result: Validity) -> Iterator[Finding]:
    """Per battery: the range of alpha, and the dimension answered least consistently."""
    frame = result.alpha.frame
    for battery, rows in frame.groupby("battery", sort=False):
        known = rows[rows["withheld"] == ""]
        if not len(known):
            yield Finding("consistency_none", INFORMATION, {"battery": battery})
            continue
        least = known.loc[known["alpha"].idxmin()]
        values = {
            "battery": battery, "dimension": least["dimension"], "alpha": float(least["alpha"]), "low": float(least["low"]),
            "high": float(least["high"]), "n": int(least["n"]), "count": int(least["items"]), "compared": len(known),
            "highest": float(known["alpha"].max()),
        }  # fmt: skip
        yield Finding("consistency_one" if len(known) == 1 else "consistency", INFORMATION, values)


def _items(result: Validity) -> Iterator[Finding]:
    """Items that run against the rest of their dimension; one statement each, they are errors more often than findings."""
    frame = result.items.frame
    for _, row in frame[frame["note"] == AGAINST].iterrows():
        if not _surely_negative(float(row["item_total"]), int(row["n"])):
            continue
        values = {"item": int(row["item"]), "dimension": row["dimension"], "battery": row["battery"], "r": float(row["item_total"])}
        yield Finding("item_against", ATTENTION, values | {"n": int(row["n"])})


def _surely_negative(r: float, n: int) -> bool:
    """Whether the upper 95 % limit of a correlation lies below 0 (Fisher's z): three people's answers run against each other by chance."""
    return n > 3 and math.atanh(max(r, -0.999999)) + 1.96 / math.sqrt(n - 3) < 0


def _difference(difference: DifferenceReliability | Withheld) -> Iterator[Finding]:
    if isinstance(difference, Withheld):
        if difference.reason == NOT_WANTED:
            return
        yield Finding("difference_withheld", INFORMATION, {"reason": difference.reason})
        return
    known = difference.frame[difference.frame["withheld"] == ""]
    if not len(known):
        yield Finding("difference_withheld", INFORMATION, {"reason": "other"})
        return
    least = known.loc[known["reliability"].idxmin()]
    doubtful = known[known["doubtful"].astype(bool)].sort_values("reliability", kind="stable")
    values = {
        "dimension": least["dimension"], "reliability": float(least["reliability"]), "low": float(least["low"]),
        "high": float(least["high"]), "alpha_gap": float(least["alpha_gap"]), "n": int(least["n"]), "compared": len(known),
        "dimensions": tuple(doubtful["dimension"]),
    }  # fmt: skip
    yield Finding("difference_doubtful" if len(doubtful) else "difference_good", ATTENTION if len(doubtful) else GOOD, values)


def _htmt(structure: Structure) -> Iterator[Finding]:
    if isinstance(structure.htmt, Withheld):
        yield _withheld("htmt_withheld", structure.battery, structure.htmt)
        return
    frame = structure.htmt.frame
    known = frame[frame["withheld"] == ""].sort_values("high", ascending=False, kind="stable")
    if not len(known):
        yield Finding("htmt_withheld", INFORMATION, {"battery": structure.battery, "reason": "no_common_core"})
        return
    first = known.iloc[0]
    state = ALIKE if (known["state"] == ALIKE).any() else str(first["state"])
    chosen = known[known["state"] == state]
    values = {
        "battery": structure.battery, "pairs": _pairs(chosen), "count": len(chosen), "compared": len(known), "first": first["dimension"],
        "htmt": float(first["htmt"]), "low": float(first["low"]), "high": float(first["high"]), "n": structure.n,
        "left_out": structure.n_left_out, "dimensions": (first["dimension"], first["other"]),
    }  # fmt: skip
    yield Finding(f"htmt_{state}", GOOD if state == APART else ATTENTION if state == ALIKE else INFORMATION, values)


def _pairs(frame: pd.DataFrame) -> tuple[tuple[str, str], ...]:
    return tuple(frame[["dimension", "other"]].head(NAMED_AT_MOST).itertuples(index=False, name=None))


def _model(structure: Structure) -> Iterator[Finding]:
    model, single = structure.dimensions, structure.one_factor
    if isinstance(model, Withheld):
        yield _withheld("model_withheld", structure.battery, model)
    else:
        yield Finding("model", INFORMATION, _indices(model) | {"battery": structure.battery, "left_out": structure.n_left_out})
    if isinstance(single, FactorModel):
        yield Finding("one_factor", INFORMATION, _indices(single) | {"battery": structure.battery})


def _indices(model: FactorModel) -> dict[str, object]:
    fit = model.fit
    return {
        "n": model.n, "factors": len(model.factors), "chi2": fit.chi2, "df": fit.df, "p": fit.p, "cfi": fit.cfi, "tli": fit.tli,
        "rmsea": fit.rmsea, "low": fit.rmsea_low, "high": fit.rmsea_high, "srmr": model.srmr,
    }  # fmt: skip


def _adequacy(structure: Structure) -> Iterator[Finding]:
    if isinstance(structure.adequacy, Withheld):
        yield _withheld("adequacy_withheld", structure.battery, structure.adequacy)
        return
    a = structure.adequacy
    lowest = min(a.items, key=a.items.get)
    values = {"battery": structure.battery, "kmo": a.kmo, "item": lowest, "lowest": a.items[lowest], "p": a.p, "n": a.n}
    yield Finding("adequacy", INFORMATION, values | {"chi2": a.chi2, "df": a.df})
