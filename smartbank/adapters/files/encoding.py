"""In which encoding a text file is, found on its bytes and said aloud when it had to be assumed."""

import codecs
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO, Final

from charset_normalizer import from_bytes

from smartbank.core.wording import agreeing, plural
from smartbank.errors import LeadValidationError

_BLOCK: Final = 1 << 20
_SAMPLE: Final = 64 * 1024
"""Bytes of lines with other than ASCII characters that are looked at to tell old encodings apart."""
_LEGACY: Final = ("cp1252", "cp1250", "cp1251", "cp1253", "mac_roman", "cp850")
_NAMES: Final = {
    "cp1252": "Windows-1252 (Western Europe)",
    "cp1250": "Windows-1250 (Central Europe)",
    "cp1251": "Windows-1251 (Cyrillic)",
    "cp1253": "Windows-1253 (Greek)",
    "mac_roman": "Mac Roman",
    "cp850": "DOS 850 (Western Europe)",
}
_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_CONTROL: Final = bytes(code for code in range(32) if code not in b"\t\n\v\f\r\x1a\x00")
_MOST_CONTROL: Final = 0.01
"""Above this share of control characters a file is not text."""
_NOT_TEXT: Final = "The file is not a text table. Upload CSV, TSV, XLSX or Parquet."


@dataclass(frozen=True)
class Encoding:
    """An encoding for `open`, how many lines the file has at most, and what to tell the user."""

    name: str
    lines: int
    notices: tuple[str, ...] = ()


def text_encoding(spool: IO[bytes]) -> Encoding:
    """Return the encoding of a text file of any size, reading it in blocks.

    Raises
    ------
    LeadValidationError
        The bytes are not text.
    """
    spool.seek(0)
    head = spool.read(4096)
    lines = _line_count(spool)
    name = next((name for mark, name in _MARKS if head.startswith(mark)), None) or _wide(head)
    if name is not None and name != "utf-8-sig":
        return Encoding(name, lines)
    nulls = _validate_text(spool)
    notices = (f"{plural(nulls, 'NUL character')} {agreeing(nulls, 'was', 'were')} removed.",) if nulls else ()
    if _is_utf8(spool):
        return Encoding("utf-8-sig", lines, notices)
    name, notice = _assumed(_unusual_lines(spool))
    return Encoding(name, lines, (*notices, notice))


def _blocks(spool: IO[bytes]) -> Iterator[bytes]:
    spool.seek(0)
    while block := spool.read(_BLOCK):
        yield block


def _line_count(spool: IO[bytes]) -> int:
    return 1 + sum(max(block.count(b"\n"), block.count(b"\r")) for block in _blocks(spool))


def _wide(head: bytes) -> str | None:
    """Return UTF-16 without a mark: nearly every second byte of a table in Latin letters is NUL."""
    pairs = len(head) // 2
    if pairs < 2:
        return None
    for name, nulls, others in (("utf-16-le", head[1::2], head[::2]), ("utf-16-be", head[::2], head[1::2])):
        if nulls.count(0) > 0.7 * pairs and others.count(0) < 0.1 * pairs:
            return name
    return None


def _validate_text(spool: IO[bytes]) -> int:
    """Return the number of NUL characters of a text; raise for what is not one."""
    size = control = nulls = 0
    for block in _blocks(spool):
        size += len(block)
        control += len(block) - len(block.translate(None, _CONTROL))
        nulls += block.count(0)
    if control + nulls > max(2, _MOST_CONTROL * size):
        raise LeadValidationError(_NOT_TEXT)
    return nulls


def _is_utf8(spool: IO[bytes]) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        for block in _blocks(spool):
            decoder.decode(block)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _unusual_lines(spool: IO[bytes]) -> bytes:
    spool.seek(0)
    sample = bytearray()
    while len(sample) < _SAMPLE and (line := spool.readline(_SAMPLE)):
        if not line.isascii():
            sample += line
    return bytes(sample)


def _assumed(sample: bytes) -> tuple[str, str]:
    """Return the likeliest encoding of lines that are not all UTF-8, and a notice on it."""
    text = sample.decode("utf-8", errors="replace")
    lost = text.count("\ufffd")
    if sum(not c.isascii() for c in text) > 5 * lost:
        return "utf-8-sig", "Some characters are not valid UTF-8 and were replaced: look at the names before you call."
    western = from_bytes(sample, cp_isolation=["cp1252"]).best()
    best = from_bytes(sample, cp_isolation=list(_LEGACY)).best()
    name = "cp1252"
    if best is not None and (
        western is None or best.chaos < western.chaos - 0.02 or best.coherence > western.coherence + 0.1
    ):
        name = best.encoding
    return name, (
        f'The file is not UTF-8; it was read as {_NAMES.get(name, name)}. If names look wrong, save it as "CSV UTF-8" '
        "and upload it again."
    )
