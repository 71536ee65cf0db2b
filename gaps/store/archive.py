"""A study with its import report as bytes, and back: the same study, fingerprint for fingerprint.

One line that names the format, its version and the SHA-256 of the rest; then a zip of `study.json` (instrument, outcomes, report, how each
column is to be read) and one Arrow file per table. Nothing in it can run: no pickle, no Arrow extension types are read back.

With it goes which answers were set aside when it was shared, and until when it is shown. Left out on purpose, because who follows a link is
shown results and not what people wrote: the column map, the cells that were set aside one by one, and the examples of cells in the
problems, for which a … stands.
"""

from __future__ import annotations

import hashlib
import io
import json
import re
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import asdict, replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from gaps.importer.report import ColumnReport, Imported, ImportReport, RoleReport
from gaps.model import Battery, Dimension, Exclusion, Gap, Instrument, Item, Role, Scale, Study
from gaps.problems import Problem, Severity

VERSION = 1
CELL = "value"  # what the problems call that which stood in a cell
_FIRST_LINE = re.compile(rb"gaps study (\d{1,9}) ([0-9a-f]{64})\n")
_FIRST = 100  # bytes in which the first line ends
_PLACES = {"respondents": Role, "answers": Battery, "ratings": Gap, "no_ratings": Gap}


class Damaged(ValueError):
    """The bytes are not what was written."""


class OtherVersion(ValueError):
    """Written by a version of the program with another format."""


def dumps(imported: Imported) -> bytes:
    """Write a study and its report. Raises ValueError where there is no study, or one that would not come back identical."""
    study, report = imported.study, imported.report
    if study is None or report is None:
        raise ValueError("only a study that was read can be kept")
    tables: list[dict[str, Any]] = []
    box = io.BytesIO()
    with zipfile.ZipFile(box, "w", zipfile.ZIP_STORED) as archive:
        for place, key, frame in _frames(study):
            archive.writestr(f"{len(tables)}.arrow", _arrow(frame))
            tables.append({"place": place, "key": key, **_described(frame)})
        told = {
            "fingerprint": study.fingerprint,
            "title": study.title,
            "instrument": _instrument(study.instrument),
            "outcomes": [[name, scale.min, scale.max] for name, scale in study.outcomes.items()],
            "segments": study.segments,
            "simulated": study.simulated,
            "exclusions": [asdict(e) for e in study.exclusions],
            "tables": tables,
            "report": asdict(replace(report, set_aside=())),
            "problems": [asdict(replace(p, values=_plain(p.values))) for p in imported.problems],
            "sheets": imported.sheets,
            "aside": imported.aside,
            "until": None if imported.until is None else imported.until.isoformat(),
        }
        archive.writestr("study.json", json.dumps(told, ensure_ascii=False).encode("utf-8", "surrogatepass"), zipfile.ZIP_DEFLATED)
    content = box.getvalue()
    data = b"gaps study %d %s\n" % (VERSION, hashlib.sha256(content).hexdigest().encode()) + content
    try:
        loads(data)
    except Damaged as error:
        raise ValueError("this study cannot be written so that it comes back identical") from error
    return data


def loads(data: bytes) -> Imported:
    """Read what `dumps` wrote. Raises `Damaged`, or `OtherVersion`."""
    first = _FIRST_LINE.match(data[:_FIRST])
    if first is None:
        raise Damaged("no study")
    if int(first[1]) != VERSION:
        raise OtherVersion(first[1].decode())
    content = memoryview(data)[first.end() :]
    if hashlib.sha256(content).hexdigest().encode() != first[2]:
        raise Damaged("other bytes than were written")
    try:
        return _read(content)
    except (KeyError, IndexError, TypeError, ValueError, AttributeError, zipfile.BadZipFile, pa.ArrowException) as error:
        raise Damaged(str(error)) from error


def asked(path: Path) -> tuple[set[int], set[Battery]]:
    """The numbers of the items of a file's study, and its batteries; no answers are read. Raises `Damaged`."""
    try:
        with zipfile.ZipFile(path) as archive:
            told = json.loads(archive.read("study.json").decode("utf-8", "surrogatepass"))
        batteries = {Battery(one["key"]) for one in told["tables"] if one["place"] == "answers"}
        return {int(item[0]) for item in told["instrument"]["items"]}, batteries
    except (KeyError, IndexError, TypeError, ValueError, NotImplementedError, RuntimeError, zipfile.BadZipFile, zlib.error) as error:
        raise Damaged(str(error)) from error


def until(path: Path) -> date | None:
    """The last day on which the study of a file is shown, or None; the rest is neither read nor compared. Raises `Damaged`."""
    try:
        with zipfile.ZipFile(path) as archive:
            return _until(json.loads(archive.read("study.json").decode("utf-8", "surrogatepass")))
    except (KeyError, TypeError, ValueError, AttributeError, NotImplementedError, RuntimeError, zipfile.BadZipFile, zlib.error) as error:
        raise Damaged(str(error)) from error


def _read(content: memoryview) -> Imported:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        told = json.loads(archive.read("study.json").decode("utf-8", "surrogatepass"))
        parts: dict[str, dict] = {place: {} for place in _PLACES}
        importance = None
        for place, one in enumerate(told["tables"]):
            frame = _frame(archive.read(f"{place}.arrow"), one)
            if one["place"] == "importance":
                importance = frame
            else:
                parts[one["place"]][_PLACES[one["place"]](one["key"])] = frame
    study = Study(
        title=told["title"],
        instrument=_as_instrument(told["instrument"]),
        **parts,
        importance=importance,
        outcomes={name: Scale(low, high) for name, low, high in told["outcomes"]},
        segments=tuple(told["segments"]),
        simulated=told["simulated"],
        exclusions=tuple(_as_exclusion(e) for e in told["exclusions"]),
    )
    if study.fingerprint != told["fingerprint"]:
        raise Damaged("another study than was written")
    report = told["report"] | {
        "roles": tuple(RoleReport(**r) for r in told["report"]["roles"]),
        "columns": tuple(ColumnReport(**c) for c in told["report"]["columns"]),
        "set_aside": (),
        "reasons": tuple((code, n) for code, n in told["report"]["reasons"]),
    }
    problems = tuple(Problem(**p | {"severity": Severity(p["severity"]), "rows": tuple(p["rows"])}) for p in told["problems"])
    aside = told.get("aside")  # files of before have none: what is set aside by default then
    sheets = tuple((sheet, role) for sheet, role in told["sheets"])
    set_aside = None if aside is None else tuple(map(str, aside))
    return Imported(study, problems, ImportReport(**report), None, sheets, set_aside, _until(told))


def _until(told: Mapping[str, Any]) -> date | None:
    """The last day; files of before have none, they are kept until they are taken back."""
    given = told.get("until")
    return None if given is None else date.fromisoformat(given)


def _frames(study: Study):
    """Every table: where it stands in the study, under which key, itself."""
    for place in _PLACES:
        yield from ((place, key.value, frame) for key, frame in getattr(study, place).items())
    if study.importance is not None:
        yield "importance", None, study.importance


def _described(frame: pd.DataFrame) -> dict[str, Any]:
    """How a table's columns are to be read: labels, kinds, and which way its block lies in memory."""
    kinds = []
    for name in frame.columns:
        dtype = frame[name].dtype
        if isinstance(dtype, pd.CategoricalDtype):
            kinds.append({"ordered": bool(dtype.ordered), "categories": [str(c) for c in dtype.categories]})
        else:
            kinds.append("number" if dtype.kind in "fiub" else "text" if isinstance(dtype, pd.StringDtype) else "object")
    alike = len({str(t) for t in frame.dtypes}) == 1 and set(kinds) == {"number"}
    order = ("C" if frame.to_numpy().flags.c_contiguous else "F") if alike else None
    return {"labels": [n if isinstance(n, str) else int(n) for n in frame.columns], "kinds": kinds, "rows": len(frame), "order": order}


def _arrow(frame: pd.DataFrame) -> bytes:
    columns = [_array(frame[name]) for name in frame.columns]
    table = pa.table(columns, names=[str(k) for k in range(len(columns))])
    sink = pa.BufferOutputStream()
    with pa.ipc.new_file(sink, table.schema, options=pa.ipc.IpcWriteOptions(compression="zstd")) as writer:
        writer.write_table(table)
    return sink.getvalue().to_pybytes()


def _array(column: pd.Series) -> pa.Array:
    """Numbers as they are (NaN stays NaN), categories by their codes (−1 where missing), text as text."""
    if isinstance(column.dtype, pd.CategoricalDtype):
        return pa.array(column.cat.codes.to_numpy())
    if column.dtype.kind in "fiub":
        return pa.array(column.to_numpy())
    return pa.array([None if v is None or v != v else str(v) for v in column.tolist()], pa.large_string())


def _frame(data: bytes, told: Mapping[str, Any]) -> pd.DataFrame:
    table = pa.ipc.open_file(pa.BufferReader(data)).read_all()
    labels, kinds, rows = told["labels"], told["kinds"], told["rows"]
    if table.num_columns != len(labels) or table.num_rows != (rows if labels else 0) or len(kinds) != len(labels):
        raise Damaged("a table of another shape")
    if told["order"] is not None:
        block = np.empty((rows, len(labels)), table.schema.types[0].to_pandas_dtype(), order=told["order"])
        for k, column in enumerate(table.columns):
            block[:, k] = column.to_numpy()
        return pd.DataFrame(block, columns=labels, copy=False)
    columns = {label: _series(table.column(k), kinds[k]) for k, label in enumerate(labels)}
    return pd.DataFrame(columns, index=pd.RangeIndex(rows), columns=labels)


def _series(column: pa.ChunkedArray, kind):
    if kind == "number":
        return column.to_numpy()
    if kind == "text":
        return pd.Series(column.to_pandas(), dtype="str")
    if kind == "object":
        return pd.Series(column.to_pylist(), dtype=object)
    return pd.Categorical.from_codes(column.to_numpy(), categories=pd.Index(kind["categories"], dtype="str"), ordered=kind["ordered"])


def _instrument(instrument: Instrument) -> dict[str, Any]:
    return {
        "id": instrument.id,
        "names": dict(instrument.names),
        "items": [[i.number, i.dimension, dict(i.labels), i.reversed] for i in instrument.items],
        "dimensions": [[d.id, dict(d.names)] for d in instrument.dimensions],
        "scale": [instrument.scale.min, instrument.scale.max],
        "batteries": instrument.batteries,
        "direct": [int(g) for g in instrument.direct],
        "source": instrument.source,
    }


def _as_instrument(told: Mapping[str, Any]) -> Instrument:
    return Instrument(
        id=told["id"],
        names=told["names"],
        items=tuple(Item(number, dimension, labels, mirrored) for number, dimension, labels, mirrored in told["items"]),
        dimensions=tuple(Dimension(id, names) for id, names in told["dimensions"]),
        scale=Scale(*told["scale"]),
        batteries=tuple(Battery(b) for b in told["batteries"]),
        direct=tuple(Gap(g) for g in told["direct"]),
        source=told["source"],
    )


def _as_exclusion(told: Mapping[str, Any]) -> Exclusion:
    battery = Battery(told["battery"]) if told["battery"] is not None else None
    return Exclusion(told["code"], Role(told["role"]), told["count"], battery, tuple(told["items"]), tuple(told["rows"]))


def _plain(values: Mapping[str, object]) -> dict[str, object]:
    """The values of a problem's sentence, as JSON knows them; what stood in a cell is not told."""

    def plain(name: str, value: object) -> object:
        if isinstance(value, str) and name == CELL:
            return "…"
        return value if isinstance(value, str | int | float | bool) or value is None else str(value)

    return {name: plain(name, value) for name, value in values.items()}
