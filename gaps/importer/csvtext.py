"""How a text table is to be read: its encoding and its separator."""

from __future__ import annotations

import codecs
import contextlib
import csv
import io
import re
from pathlib import Path

SAMPLE = 256 << 10
SEPARATORS = (",", ";", "\t", "|")
_BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_HIGH = re.compile(rb"[\x80-\xff]+")
_UNDEFINED = re.compile(rb"[\x81\x8d\x8f\x90\x9d]")  # in code page 1252
_WIDER = {  # what is meant by what pages say
    "gb2312": "gb18030", "gbk": "gb18030", "big5": "cp950", "euc_kr": "cp949", "shift_jis": "cp932",
    "iso8859-1": "cp1252", "ascii": "cp1252",
}  # fmt: skip
_PUNCTUATION = frozenset("，。、：；？！（）「」『』《》〈〉【】　－—…\ufffd")
_WORDS = re.compile(r"[^\x00-\x7f]+")
FOREIGN = 0.01  # share of the non-ASCII bytes that may be no letter of the encoding the rest is in
_GUESSED = ("gb18030", "cp950", "cp949", "cp932", "cp1252", "utf-16-le", "utf-16-be")
# Characters that survey tables are full of; two-byte encodings overlap, and short texts are told apart by these.
_CHINESE = frozenset(
    "的一是不了在有我他这中大来上个国到说们为子和你地出道也时年得就那要下以生会自着去之过家学对可里后小心多天而能好都然没于起还发"
    "成事只作当想看文无开手十用主行方又如前所本见经头面公同三已老从动两长知样现分将外但身些与高意进把法此实回二理美点月明其种声全工"
    "己话儿者向情部正名定女问力机给等几很业最间新什打便位因重被走电四第门相次东政海口使教西再平真听世气信北少关并内加化由却代军产入"
    "先山五太水万市总南京路营店满服务员期望感知质量非常般调查题序号交答卷性别龄岁比较区街广州深圳武汉成都城"
)
_TRADITIONAL = frozenset(
    "的一是不了在有我他這中大來上個國到說們為子和你地出道也時年得就那要下以生會自著去之過家學對可裡後小心多天而能好都然沒於起還發"
    "成事只作當想看文無開手十用主行方又如前所本見經頭面公同三已老從動兩長知樣現分將外但身些與高意進把法此實回二理美點月明其種聲全工"
    "己話者向情部正名定女問力機給等幾很業最間新什打便位因重被走電四第門相次東政海口使教西再平真聽世氣信北少關並內加化由卻代軍產入"
    "先山五太水萬市總南京路營店滿服務員期望感知質量品非常般調查題序號交答卷性別齡歲比較區街台臺灣香港廣州深圳成都城桃園竹高雄客室"
    "男女未已婚普通學校職支業銀店市環境整潔態度親切"
)
_KOREAN = frozenset(
    "이다는의에을가고지한하를은도로인사기자서대시어나리과정해부일수아보원연동안적전공경제상성국여있없그스장주구비라게것만들용오물미문학"
    "조소신유교모생우화관강선회당점방할된개반더저내세행년월분까위중마드각실러면니와최십무매요남무차별울특앙설문항기대인직업령품질만족"
    "매통불렇않친절용불편음식키스크신속확응답시간점수직원매장호준"
)


def recognise(path: Path) -> dict | None:
    """Say how to read a text file (encoding, separator, lines to skip, whether the encoding is a guess, how many letters are not of it);
    None if it is no text."""
    found = find_encoding(path)
    if found is None:
        return None
    encoding, unreadable = found
    with path.open("rb") as file:
        sample = codecs.getincrementaldecoder(encoding)("replace").decode(file.read(SAMPLE))
    if sum(1 for c in sample[:4096] if ord(c) < 32 and c not in "\t\r\n\f") > 2:
        return None
    first = sample.split("\n", 1)[0].strip()
    if match := re.fullmatch(r'"?sep=(.)"?', first, re.IGNORECASE):
        separator, skip = match[1], 1
    else:
        separator, skip = find_separator(sample), 0
    return {
        "encoding": encoding, "separator": separator, "skip": skip, "name": "customers",
        "guessed": encoding in _GUESSED, "unreadable": unreadable,
    }  # fmt: skip


def find_encoding(path: Path) -> tuple[str, int] | None:
    """The encoding, and how many places are not in it.

    UTF-8 and UTF-16 by their mark or form; else Japanese, Korean or Chinese (simplified, or traditional in Big5) where the bytes pair up as
    theirs do; else Western (code page 1252, which holds Latin-1). A few foreign bytes, as after tables of different origin were put
    together, make no difference.
    """
    with path.open("rb") as file:
        head = file.read(SAMPLE)
        for mark, encoding in _BOMS:
            if head.startswith(mark):
                return encoding, _unreadable(file, encoding)
        if zeros := head.count(0):
            even = head[::2].count(0)
            if zeros < len(head) // 4:
                return None
            encoding = "utf-16-be" if even > zeros / 2 else "utf-16-le"
            return encoding, _unreadable(file, encoding)
        if _decodes(file, "utf-8"):
            return "utf-8", 0
        high = b" ".join(_HIGH.findall(head))
        if sum(c != " " for c in high.decode("utf-8", "ignore")) > 4 * high.decode("utf-8", "replace").count("\ufffd"):
            return "utf-8", _unreadable(file, "utf-8")
        for encoding, share in _candidates(head, high):
            if share and _decodes(file, encoding):
                return encoding, 0
        undefined = len(_UNDEFINED.findall(high))
        if undefined > FOREIGN * len(high) + 1:
            return None
        return "cp1252", _unreadable(file, "cp1252")


def of_page(path: Path, head: bytes) -> dict:
    """How a web page is to be read: in the encoding that it names, where all its bytes are in that, else as a text would be."""
    named = re.search(rb"""charset\s{0,4}=\s{0,4}["']?([\w.:-]{1,40})""", head)
    with path.open("rb") as file, contextlib.suppress(LookupError):
        encoding = codecs.lookup(named[1].decode("ascii") if named else "utf-8").name
        encoding = _WIDER.get(encoding, encoding)
        if not encoding.startswith(("utf-16", "utf-32")) and _decodes(file, encoding):
            return {"encoding": encoding, "guessed": False, "unreadable": 0}
    encoding, unreadable = find_encoding(path) or ("cp1252", 0)
    return {"encoding": encoding, "guessed": encoding in _GUESSED, "unreadable": unreadable}


def _candidates(head: bytes, high: bytes) -> list[tuple[str, float]]:
    """Two-byte encodings that the bytes may be in, the likeliest first; a share of 0 rules one out."""
    ranked = [("cp932", _japanese(head)), ("cp949", _korean(high)), ("gb18030", _chinese(high)), ("cp950", _traditional(head))]
    return sorted(ranked, key=lambda entry: entry[1], reverse=True)


def _japanese(head: bytes) -> float:
    """Japanese text is full of kana, and hardly ever of the half-width ones that other languages' bytes turn into."""
    letters = [c for c in head.decode("cp932", "replace") if ord(c) > 127]
    kana = sum("\u3041" <= c <= "\u30fe" for c in letters)
    odd = sum("\uff61" <= c <= "\uff9f" or c == "\ufffd" or c > "\uffe5" or "\ue000" <= c <= "\uf8ff" for c in letters)
    return 0.0 if not letters or kana < 0.2 * len(letters) or odd > 0.1 * len(letters) else 2.0


def _korean(high: bytes) -> float:
    letters = _pairs(high, "cp949")
    hangul = sum("\uac00" <= c <= "\ud7a3" for c in letters)
    if hangul < 0.9 * len(letters) or not _enough(letters, _KOREAN):
        return 0.0
    return hangul / len(letters) + _share(letters, _KOREAN)


def _chinese(high: bytes) -> float:
    letters = _pairs(high, "gb2312")
    return 0.9 + _share(letters, _CHINESE) if _enough(letters, _CHINESE) else 0.0


def _traditional(head: bytes) -> float:
    """Chinese in Big5, whose second bytes may be ASCII: so the whole text is decoded, and much of it must be common characters.

    Simplified Chinese decodes as Big5, too, to rare characters; a Western accent before a letter to a few of them. Without any common
    character a text is held for Big5 only if nothing else will do: words of several characters of its first level, some with an ASCII byte.
    """
    text = head.decode("cp950", "replace")
    letters = [c for c in text if ord(c) > 127]
    if not letters or letters.count("\ufffd") > 0.1 * len(letters):
        return 0.0
    words = [c for c in letters if c not in _PUNCTUATION]
    share = _share(words, _TRADITIONAL) if words else 0.0
    if share >= 0.2:
        return 0.9 + share
    runs = _WORDS.findall(text)
    pairs = [c.encode("cp950", "replace") for c in words if c not in _PUNCTUATION]
    first_level = sum(0xA4 <= pair[0] <= 0xC6 for pair in pairs) == len(pairs) > 0
    return 0.5 if first_level and any(pair[-1] < 0x80 for pair in pairs) and sum(len(r) > 1 for r in runs) > 0.8 * len(runs) else 0.0


def _pairs(high: bytes, encoding: str) -> list[str]:
    """The characters of the runs of high bytes; none where more than a tenth of the runs cannot be pairs."""
    runs = high.split()
    if sum(len(run) % 2 for run in runs) > 0.1 * len(runs):
        return []
    letters = [c for c in high.decode(encoding, "replace") if c != " "]
    return [] if letters.count("\ufffd") > 0.1 * len(letters) else [c for c in letters if c != "\ufffd"]


def _enough(letters: list[str], common: frozenset[str]) -> bool:
    """Whether these are letters of a language, and not a stray sign or two."""
    return len(letters) > 2 or any(c in common for c in letters)


def _share(letters: list[str], common: frozenset[str]) -> float:
    return sum(c in common for c in letters) / len(letters)


def _unreadable(file: io.BufferedReader, encoding: str) -> int:
    decoder = codecs.getincrementaldecoder(encoding)("replace")
    file.seek(0)
    count = 0
    while piece := file.read(1 << 20):
        count += decoder.decode(piece).count("\ufffd")
    return count + decoder.decode(b"", final=True).count("\ufffd")


def _decodes(file: io.BufferedReader, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    file.seek(0)
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
