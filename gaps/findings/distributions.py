"""What the spread of answers says beyond their mean: which items divide the customers into two camps."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from gaps.findings import ATTENTION, INFORMATION, Finding
from gaps.i18n import Words, plain
from gaps.model import Study, Withheld

if TYPE_CHECKING:
    from gaps.stats.humps import ItemDistributions

NAMED = 3  # items that a sentence names


def find(found: ItemDistributions | Withheld, items: Sequence[int] | None = None) -> Finding:
    """One conclusion over the items looked at (None: all): which are two-humped, none, or too few answers to judge any.

    Codes: humped (values items: battery, item, shares below and above the valley, middles of both humps; judged, level), none, few.
    """
    if isinstance(found, Withheld):
        return Finding("few", INFORMATION, {"least": 0, "items": 0})
    frame = found.humps if items is None else found.humps[found.humps["item"].isin(list(items))]
    judged = frame[frame["n"].ge(found.least)]
    values: dict[str, object] = {"items": int(frame["item"].nunique()), "least": found.least, "judged": len(judged)}
    if not len(judged):
        return Finding("few", INFORMATION, values)
    humped = judged[judged["humped"]].sort_values("p", kind="stable")
    if not len(humped):
        return Finding("none", INFORMATION, values)
    names = ("battery", "item", "share_below", "share_above", "below_to", "above_from", "n")
    camps = tuple({name: record[name] for name in names} for record in humped.to_dict("records"))
    return Finding("humped", ATTENTION, values | {"camps": camps, "humped": int(humped["item"].nunique())})


def statement_and_certainty(finding: Finding, study: Study, words: Words) -> tuple[str, str]:
    """What was found, and how it is judged. Plain text: escape it where it is shown."""
    values = dict(finding.values)
    if finding.code == "humped":
        labels = {i.number: i.label(words.language) for i in study.instrument.items}
        named = [
            words(
                "dimensions.found.camp",
                item=f"{int(c['item'])} {labels.get(int(c['item']), '')}".strip(),
                battery=words(f"charts.battery.{c['battery']}"),
                below=c["share_below"],
                above=c["share_above"],
                low=_point(c["below_to"]),
                high=_point(c["above_from"]),
            )
            for c in values["camps"][:NAMED]
        ]
        rest = len(values["camps"]) - len(named)
        named += [words("dimensions.found.more", count=rest)] if rest else []
        values["camps"] = ("；" if words.language == "zh" else "; ").join(named)
    return words(f"dimensions.found.{finding.code}", **values), words(f"dimensions.found.sure.{finding.code}", **values)


def _point(value: float) -> str:
    """A place on the scale: whole where it is, else with one digit."""
    return plain(value, 0 if float(value).is_integer() else 1)
