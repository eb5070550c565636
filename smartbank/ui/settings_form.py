"""The form of the settings: one widget a value, by group, each with what it comes to in numbers."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import streamlit as st

from smartbank.core.bank_settings import BankSettings
from smartbank.core.number_format import NUMBER_FORMATS
from smartbank.core.settings_fields import SETTING_FIELDS, SettingField, choices, validate_settings
from smartbank.core.settings_text import base_rate_words, consequence, money_text, value_text
from smartbank.errors import SettingsError

_SEEN: Final = "settings_seen"
"""Key in the session state: the settings the form was begun from."""
_NEXT: Final = "settings_next"
"""Key in the session state: the settings the form begins from in the next run."""
_BANDS: Final = "ABC"
_DRAWN: Final = tuple(field.name for field in SETTING_FIELDS if field.kind != "multiples")
_HIGHEST: Final = 1e9
_SAME: Final = 1e-9
"""Shares that differ by less are the same: the form shows them in percent."""


def has_draft() -> bool:
    """Whether the form was begun, and is on the screen still; begins it anew after a save."""
    following = st.session_state.pop(_NEXT, None)
    if following is not None:
        begin_draft(following)
    if _SEEN not in st.session_state or not any(key in st.session_state for key in map(_key, _DRAWN)):
        return False
    _put_lost_back(st.session_state[_SEEN])
    return True


def _put_lost_back(seen: BankSettings) -> None:
    """Put values back whose widgets a run that was broken off had not drawn: Streamlit forgets those."""
    for field in SETTING_FIELDS:
        names = [f"band_{band}" for band in _BANDS] if field.kind == "multiples" else [field.name]
        if any(_key(name) not in st.session_state for name in names):
            _put(field, getattr(seen, field.name))


def begin_draft(settings: BankSettings, *, later: bool = False) -> None:
    """Put settings into the form; `later` where its widgets are drawn already: in the next run."""
    if later:
        st.session_state[_NEXT] = settings
        return
    st.session_state[_SEEN] = settings
    for field in SETTING_FIELDS:
        _put(field, getattr(settings, field.name))


def take_over(current: BankSettings) -> None:
    """Begin from settings somebody else saved, with what this form changed kept."""
    seen, mine = draft(changed=False), draft()
    mine_names = [field.name for field in SETTING_FIELDS if getattr(seen, field.name) != getattr(mine, field.name)]
    begin_draft(current)
    for field in SETTING_FIELDS:
        if field.name in mine_names:
            _put(field, getattr(mine, field.name))


def draft(*, changed: bool = True) -> BankSettings:
    """Return what the form says, with the version it was begun from; or, unchanged, what it was begun from."""
    seen: BankSettings = st.session_state[_SEEN]
    return replace(seen, **{field.name: _said(field) for field in SETTING_FIELDS}) if changed else seen


def show_fields(settings: BankSettings) -> None:
    """Draw the widgets, a bordered box a group, with the group's consequence below."""
    for group in dict.fromkeys(field.group for field in SETTING_FIELDS):
        with st.container(border=True):
            st.markdown(f"**{group}**")
            with st.container(horizontal=True, vertical_alignment="bottom"):
                for field in SETTING_FIELDS:
                    if field.group == group:
                        _widget(field, settings)
            st.caption(_consequence(group))


def _key(name: str) -> str:
    return f"setting_{name}"


def _put(field: SettingField, value: Any) -> None:  # noqa: ANN401  whatever the setting is
    if field.kind == "multiples":
        for band, multiple in zip(_BANDS, value, strict=True):
            st.session_state[_key(f"band_{band}")] = float(multiple)
    else:
        st.session_state[_key(field.name)] = round(100 * value, 8) if field.kind == "share" else value


def _said(field: SettingField) -> Any:  # noqa: ANN401  whatever the setting is
    if field.kind == "multiples":
        return tuple(float(st.session_state[_key(f"band_{band}")]) for band in _BANDS)
    said = st.session_state[_key(field.name)]
    if field.kind == "share":
        before: float = getattr(draft(changed=False), field.name)
        return before if abs(said / 100 - before) < _SAME else round(said / 100, 10)
    return float(said) if field.kind == "money" else said


def _widget(field: SettingField, settings: BankSettings) -> None:
    key, label = _key(field.name), field.label
    if field.kind == "share":
        st.number_input(f"{label}, %", 0.0, 100.0, step=0.5, format="%.2f", key=key, help=field.help, width=200)
    elif field.kind == "multiples":
        for band in _BANDS:
            name = _key(f"band_{band}")
            st.number_input(
                f"Band {band} from × base rate", 0.0, 1000.0, step=0.25, key=name, help=field.help, width=190
            )
    elif field.kind == "money":
        unit = f"{label}, {settings.currency}"
        st.number_input(unit, 0.0, _HIGHEST, step=1.0, format="%.2f", key=key, help=field.help, width=200)
    elif field.kind == "number":
        unit = label if field.unit in label else f"{label}, {field.unit}"
        st.number_input(unit, field.low, field.high, step=1, key=key, help=field.help, width=240)
    elif field.kind == "switch":
        st.checkbox(label, key=key, help=field.help)
    else:
        names = choices(field.name)
        st.selectbox(label, names, key=key, help=field.help, format_func=_choice, width=260)


def _choice(name: str) -> str:
    """Return a choice for the screen: a number format with a sample, everything else as it is."""
    form = NUMBER_FORMATS.get(name)
    return name if form is None else f"{form.name}: {form.number(1234.5, digits=1)}"


def _consequence(group: str) -> str:
    """Return what a group's values come to, once they are allowed."""
    settings = draft()
    try:
        validate_settings(settings)
    except SettingsError:
        return "Not allowed like this; the line at the end says why."
    now = datetime.now(UTC)
    if group == "Base rate":
        calls, sales = (settings.numbers.number(n) for n in (1_000, 1_000 * settings.base_rate))
        in_force = base_rate_words(draft(changed=False))
        return f"Of {calls} leads called, {sales} buy on average. In force until you save: {in_force}."
    if group == "Bands and money":
        return consequence(settings)
    if group == "Formats":
        rate = value_text("base_rate", settings)
        return f"An amount is written {money_text(1_234.5, settings=settings)}, a share {rate}."
    if group == "Keeping data":
        files = now + timedelta(hours=settings.keep_files_hours)
        lists = now + timedelta(days=settings.keep_lists_days)
        return f"What is made today: files are deleted after {files:%-d %b %Y}, ranked lists after {lists:%-d %b %Y}."
    return _switched(group, settings)


def _switched(group: str, settings: BankSettings) -> str:
    """Return what a group of one value comes to."""
    if group == "Model" and settings.retrain_days:
        return "The model in force stays until an administrator puts a challenger in its place."
    if group == "Model":
        return "A challenger is trained only when somebody asks for it."
    if group == "Market":
        return f"Euribor is that of the newest {'day' if settings.daily_euribor else 'whole month'}."
    return "Only customers with consent are called." if settings.require_consent else "Nobody needs to give consent."
