"""A table as comma-separated text that spreadsheets open as data."""

from __future__ import annotations

import csv as csv_files
import io

from gaps import escape


def csv(rows) -> bytes:
    """A table, or a list of its rows, as csv: no text becomes a formula, numbers stay as they are, missing is empty."""
    records = rows if isinstance(rows, list | tuple) else rows.to_dict("records")
    out = io.StringIO()
    writer = csv_files.writer(out, lineterminator="\r\n")
    writer.writerow([escape.cell(name) for name in records[0]])
    writer.writerows([_cell(value, name) for name, value in record.items()] for record in records)
    return out.getvalue().encode("utf-8-sig")


def _cell(value, name):
    if isinstance(value, str):
        return escape.cell(value)
    if value is None or value != value:
        return ""
    return int(value) if str(name).startswith("n") and value == int(value) else value  # numbers of people, some of them not given
