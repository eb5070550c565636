"""Write docs/configuration.md from the settings themselves: `make reference` after a change there."""

import sys
from collections.abc import Iterator
from pathlib import Path
from types import NoneType
from typing import Any, Final, Literal, get_args, get_origin

from annotated_types import Ge, Gt, Le
from pydantic import AliasChoices, SecretStr
from pydantic.fields import FieldInfo

ROOT: Final = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))  # so that it runs as a script, too

from smartbank.config import GROUPS  # noqa: E402
from smartbank.config.group import SettingsGroup  # noqa: E402
from smartbank.core.environment_names import ENV_PREFIX  # noqa: E402

TARGET: Final = ROOT / "docs" / "configuration.md"
_INTRODUCTION: Final = """# Configuration

Settings of the process are variables, or lines of `.env` in the current folder; the environment goes before `.env`.
A value that is not allowed and a name that is nearly right are refused at the start, by name; an empty value is as good
as none. What holds for the whole bank is set [elsewhere](operations.md#settings-of-the-bank). Behind a proxy for
outgoing connections set `HTTPS_PROXY` as for other programs.

This page is made from [the settings](../smartbank/config/settings.py) by `make reference`.
"""
_WORDS: Final = {bool: "`true`, `false`", int: "whole number", float: "number", str: "text", Path: "path"}


def main() -> None:
    """Write the page."""
    TARGET.write_text(page(GROUPS), encoding="utf-8")


def page(groups: tuple[type[SettingsGroup], ...]) -> str:
    """Return the page for groups of settings, in Markdown."""
    return "\n".join([_INTRODUCTION, *(section(group) for group in groups)])


def section(group: type[SettingsGroup]) -> str:
    """Return heading, introduction and table of a group. Raises `ValueError` for a setting nobody described."""
    lines = ["| variable | values | default | meaning |", "|---|---|---|---|"]
    for name, field in group.model_fields.items():
        if not field.description:
            raise ValueError(f"{group.__name__}.{name} has no text below it.")
        lines.append(f"| {variables(name, field)} | {values(field)} | {default(field)} | {_line(field.description)} |")
    introduction = "\n\n".join(_line(part) for part in (group.__doc__ or "").split("\n\n"))
    return "\n".join([f"## {group.heading}", introduction, "", *lines, ""])


def variables(name: str, field: FieldInfo) -> str:
    """Return the names of a setting in the environment."""
    alias = field.validation_alias
    names = alias.choices if isinstance(alias, AliasChoices) else [f"{ENV_PREFIX}{name}".upper()]
    return " or ".join(f"`{one}`" for one in names)


def values(field: FieldInfo) -> str:
    """Return what a setting may be: its type in words, and the limits of a number."""
    kind = _kind(field.annotation)
    if get_origin(kind) is Literal:
        return ", ".join(f"`{one}`" for one in get_args(kind))
    if kind is SecretStr:
        return "secret"
    return " ".join([_WORDS[kind], *_limits(field)])


def default(field: FieldInfo) -> str:
    """Return what holds where a setting is not made."""
    given = field.default
    if given is None or given == "":
        return "none"
    return f"`{str(given).lower() if isinstance(given, bool) else given}`"


def _kind(annotation: Any) -> Any:  # noqa: ANN401  a type, or a union with None
    kept = [kind for kind in get_args(annotation) if kind is not NoneType]
    return kept[0] if NoneType in get_args(annotation) else annotation


def _limits(field: FieldInfo) -> Iterator[str]:
    for limit in field.metadata:
        if isinstance(limit, Ge):
            yield f"from {limit.ge}"
        elif isinstance(limit, Gt):
            yield f"above {limit.gt}"
        elif isinstance(limit, Le):
            yield f"to {limit.le}"


def _line(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


if __name__ == "__main__":
    main()
