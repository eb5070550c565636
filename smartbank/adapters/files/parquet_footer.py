"""What the footer of a Parquet file says of its sizes, read by ourselves: the library ends the process on some footers.

`pyarrow` 26 asks a damaged footer for a column in a way that no exception leaves (`std::terminate`), so a file somebody
uploads would end the worker. The footer is a structure in Thrift's compact protocol, of which texts are passed over.
"""

import io
import struct
from dataclasses import dataclass
from typing import IO, Any, Final

_TAIL: Final = struct.Struct("<I4s")
_MAX_FOOTER: Final = 32 * 2**20
MAX_VALUES: Final = 4_000_000
"""Values a footer may hold, whatever they mean: each takes some hundred bytes here, and a byte or less of the file."""
_DEEPEST: Final = 16
_ROW_GROUPS, _COLUMNS, _GROUP_SIZE, _META, _VALUES, _UNPACKED = 4, 1, 2, 3, 5, 6
_TRUE, _FALSE, _BYTE, _DOUBLE, _BINARY, _LIST, _SET, _STRUCT, _UUID = 1, 2, 3, 7, 8, 9, 10, 12, 13
_INTEGERS: Final = (4, 5, 6)
_FIXED: Final = {_BYTE: 1, _DOUBLE: 8, _UUID: 16}


@dataclass(frozen=True)
class ColumnPart:
    """A column in one group of rows: how many values it has, and how many bytes they take unpacked."""

    values: int
    unpacked: int


@dataclass(frozen=True)
class RowGroup:
    """A group of rows: the bytes it says it takes unpacked, and its columns."""

    unpacked: int
    columns: tuple[ColumnPart, ...]


def row_groups(file: IO[bytes]) -> list[RowGroup]:
    """Return what the footer of a Parquet file says of its groups of rows. Raises `ValueError` for a damaged one."""
    file.seek(-_TAIL.size, io.SEEK_END)
    size, _ = _TAIL.unpack(file.read(_TAIL.size))
    if size > _MAX_FOOTER or size > file.seek(0, io.SEEK_END) - _TAIL.size:
        raise ValueError("The footer is larger than the file, or than any that is read.")
    file.seek(-_TAIL.size - size, io.SEEK_END)
    try:
        said = _Reader(file.read(size)).structure()
        return [_group(group) for group in said.get(_ROW_GROUPS, [])]
    except (IndexError, KeyError, TypeError, AttributeError) as exc:
        raise ValueError("The footer is damaged.") from exc


def _group(said: dict[int, Any]) -> RowGroup:
    parts = [column[_META] for column in said[_COLUMNS]]
    return RowGroup(
        int(said[_GROUP_SIZE]), tuple(ColumnPart(int(part[_VALUES]), int(part[_UNPACKED])) for part in parts)
    )


class _Reader:
    """Reads Thrift's compact protocol; texts are passed over."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0
        self._left = MAX_VALUES

    def structure(self, depth: int = 0) -> dict[int, Any]:
        values: dict[int, Any] = {}
        name = 0
        while head := self._byte():
            step, kind = head >> 4, head & 15
            name = name + step if step else self._integer()
            self._count(1)
            values[name] = kind == _TRUE if kind in (_TRUE, _FALSE) else self._value(kind, depth)
        return values

    def _value(self, kind: int, depth: int) -> Any:  # noqa: ANN401  what the footer holds
        if depth > _DEEPEST:
            raise ValueError("The footer is nested too deeply.")
        if kind in _INTEGERS:
            return self._integer()
        if kind == _STRUCT:
            return self.structure(depth + 1)
        if kind in (_LIST, _SET):
            return self._list(depth)
        if kind in _FIXED or kind in (_TRUE, _FALSE):  # in a list, a truth value takes a byte
            return self._pass(_FIXED.get(kind, 1))
        if kind == _BINARY:
            return self._pass(self._unsigned())
        raise ValueError("The footer holds a kind of value that none has.")

    def _list(self, depth: int) -> list[Any]:
        head = self._byte()
        size = head >> 4 if head >> 4 < 15 else self._unsigned()
        if size > len(self._data) - self._at:
            raise ValueError("A list of the footer is longer than the footer.")
        self._count(size)
        return [self._value(head & 15, depth + 1) for _ in range(size)]

    def _count(self, values: int) -> None:
        self._left -= values
        if self._left < 0:
            raise ValueError(f"The footer holds more than {MAX_VALUES:,} values.")

    def _pass(self, size: int) -> None:
        self._at += size

    def _integer(self) -> int:
        value = self._unsigned()
        return (value >> 1) ^ -(value & 1)

    def _unsigned(self) -> int:
        value = shift = 0
        while True:
            part = self._byte()
            value |= (part & 127) << shift
            shift += 7
            if part < 128:
                return value
            if shift > 63:
                raise ValueError("A number of the footer is too long.")

    def _byte(self) -> int:
        value = self._data[self._at]
        self._at += 1
        return value
