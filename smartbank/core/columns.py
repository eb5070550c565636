"""Which column of a file is which field: the UCI layout, the contract's names, common aliases, and mapping by hand."""

import dataclasses
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from smartbank.core.fields import (
    CAMPAIGN_FIELDS,
    CONSENT_COLUMNS,
    CUSTOMER_FIELDS,
    CUSTOMER_ID,
    FIELD,
    KNOWN_AFTER_THE_CALL,
    MARKET_COLUMNS,
    NOT_USED,
)
from smartbank.core.folding import folded
from smartbank.core.wording import agreeing
from smartbank.errors import LeadValidationError

REQUIRED_COLUMNS: Final = ("age", "job")
_RENAME_OR_SAY: Final = "Rename a column, or say on the Leads page which one it is."
UCI_COLUMNS: Final = (
    "age", "job", "marital", "education", "default", "housing", "loan", "contact", "month", "day_of_week", "duration",
    "campaign", "pdays", "previous", "poutcome", "emp_var_rate", "cons_price_idx", "cons_conf_idx", "euribor3m",
    "nr_employed", "y",
)  # fmt: skip
"""The columns of the file the model is trained on, in its order, normalised."""
UCI_ROWS: Final = 41_188
IGNORE: Final = ""
"""What a mapping by hand says of a column that is not to be used."""

_ID_ALIASES: Final = (
    CUSTOMER_ID, "id", "customer", "customerid", "customer_no", "customer_number", "customer_nr", "client_id",
    "kundennummer", "kunden_nr", "kunden_id", "id_cliente", "numero_cliente", "numero_de_cliente",
)  # fmt: skip
_TRANSLATIONS: Final = {
    "idade": "age", "alter": "age",
    "profissao": "job", "emprego": "job", "beruf": "job",
    "estado_civil": "marital", "familienstand": "marital",
    "educacao": "education", "escolaridade": "education", "bildung": "education", "ausbildung": "education",
    "incumprimento": "default", "zahlungsausfall": "default",
    "credito_habitacao": "housing", "wohnkredit": "housing", "baukredit": "housing",
    "credito_pessoal": "loan", "privatkredit": "loan",
    "contacto": "contact", "canal": "contact", "kontaktart": "contact", "kanal": "contact",
    "campanha": "attempt", "tentativa": "attempt", "versuch": "attempt",
    "nao_contactar": "do_not_call", "nicht_anrufen": "do_not_call", "werbesperre": "do_not_call",
    "opos_se": "objected", "oposicao": "objected", "widerspruch": "objected",
    "consentimento": "consent", "einwilligung": "consent",
    "nome": "name", "nome_completo": "name", "kundenname": "name",
    "telefone": "phone", "telemovel": "phone", "telefon": "phone", "telefonnummer": "phone", "handynummer": "phone",
}  # fmt: skip


@dataclass(frozen=True)
class ColumnPlan:
    """What becomes of each column of a file.

    Attributes
    ----------
    matched : dict
        Column of the file to our field (`customer_id`, contact details, lead and market fields).
    unmatched : tuple of str
        Columns nobody recognised: to be mapped by hand, or left out.
    ignored : dict
        Column of the file to the reason why it is not used.
    """

    matched: dict[str, str]
    unmatched: tuple[str, ...] = ()
    ignored: dict[str, str] = dataclasses.field(default_factory=dict)
    notices: tuple[str, ...] = ()

    @property
    def fields(self) -> dict[str, str]:
        """Our field to the column of the file."""
        return {field: column for column, field in self.matched.items()}

    @property
    def has_market(self) -> bool:
        """Whether the file brings every market column, so that it can be scored as a replay."""
        return set(MARKET_COLUMNS) <= set(self.matched.values())

    @property
    def has_marks(self) -> bool:
        """Whether the file says of customers with an id who must not be called."""
        return CUSTOMER_ID in self.fields and any(name in self.fields for name in CONSENT_COLUMNS)

    @property
    def is_list(self) -> bool:
        """Whether it says that and nothing by which leads could be ranked."""
        return self.has_marks and not any(name in self.fields for name in REQUIRED_COLUMNS)

    @property
    def has_history(self) -> bool:
        """Whether the file brings any contact history."""
        return any(field.name in self.matched.values() for field in CAMPAIGN_FIELDS)


def normalised(name: str) -> str:
    """Return a column name in lower case, without accents and quotes, with `_` between words."""
    return re.sub(r"[^a-z0-9]+", "_", folded(name)).strip("_")


def recognised(name: str) -> str | None:
    """Return the field a column name means, `KNOWN_AFTER_THE_CALL` and `NOT_USED` included, or None."""
    return _MEANING.get(normalised(name[:200]))


def is_training_file(columns: Sequence[str], rows: int) -> bool:
    """Whether a file with these columns and so many rows is the one the model is trained on."""
    return rows == UCI_ROWS and tuple(map(normalised, columns)) == UCI_COLUMNS


def plan_columns(columns: Sequence[str], mapping: Mapping[str, str] | None = None) -> ColumnPlan:
    """Return what becomes of each column; a mapping by hand wins over what is recognised.

    Parameters
    ----------
    columns : sequence of str
        Column names of the file, each once.
    mapping : mapping of str to str
        Column of the file to our field, or to `IGNORE`.

    Raises
    ------
    LeadValidationError
        The mapping names a column or field that does not exist, one field twice, or what is known only after a call.
    """
    by_hand = dict(mapping or {})
    _validate_mapping(columns, by_hand)
    taken = {field: column for column, field in by_hand.items() if field != IGNORE}
    matched: dict[str, str] = {}
    unmatched: list[str] = []
    ignored: dict[str, str] = {}
    for column in columns:
        field = by_hand.get(column, recognised(column))
        if field == IGNORE:
            ignored[column] = "left out by hand"
        elif field is None:
            unmatched.append(column)
        elif field in KNOWN_AFTER_THE_CALL:
            ignored[column] = "known only after the call, never scored on"
        elif field in NOT_USED:
            ignored[column] = "recognised, not used for scoring"
        elif taken.setdefault(field, column) != column:
            ignored[column] = f'"{taken[field]}" is already used as {label_of(field)}'
        else:
            matched[column] = field
    return ColumnPlan(matched, tuple(unmatched), ignored, tuple(_notices(matched, ignored)))


def lacking(plan: ColumnPlan, *, advice: str = _RENAME_OR_SAY) -> str:
    """Return what is said of columns leads cannot be ranked without, or nothing if age and job are there."""
    missing = [label_of(name) for name in REQUIRED_COLUMNS if name not in plan.fields]
    if not missing:
        return ""
    found = [*plan.matched, *plan.unmatched, *plan.ignored]
    shown = ", ".join(found[:30]) + (f" and {len(found) - 30} more" if len(found) > 30 else "")
    return (
        f"No column for {' and '.join(missing)} was found, and leads cannot be ranked without. "
        f"Columns in the file: {shown or 'none'}. {advice}"
    )


def absent(plan: ColumnPlan) -> list[str]:
    """Return a sentence on what the file does not say of customers, though leads can be ranked; none if it says all.

    Contact history is spoken of by itself.
    """
    names = [field.label for field in CUSTOMER_FIELDS if field.name not in (*plan.fields, *REQUIRED_COLUMNS)]
    if not names or lacking(plan):
        return []
    *others, last = names
    shown = f"{', '.join(others)} and {last}" if others else last
    return [f"The file has no column for {shown}: unknown for everybody, which costs the ranking. Add it if you can."]


def label_of(field: str) -> str:
    """Return what the screen calls a field."""
    return FIELD[field].label if field in FIELD else "Customer id" if field == CUSTOMER_ID else field


def _validate_mapping(columns: Sequence[str], by_hand: Mapping[str, str]) -> None:
    used: dict[str, str] = {}
    for column, field in by_hand.items():
        if column not in columns:
            raise LeadValidationError(f'The mapping names the column "{column[:100]}", which the file does not have.')
        if field == IGNORE:
            continue
        for name in (field, recognised(column)):
            if name in KNOWN_AFTER_THE_CALL:
                raise LeadValidationError(
                    f'"{name}" is known only after the call, so leads are never scored on it. Leave it out.'
                )
        if field not in FIELD and field != CUSTOMER_ID:
            raise LeadValidationError(f'The mapping names the field "{field[:100]}", which does not exist.')
        if field in used:
            raise LeadValidationError(
                f'"{used[field]}" and "{column}" are both mapped to {label_of(field)}. Choose one of them.'
            )
        used[field] = column


def _notices(matched: Mapping[str, str], ignored: Mapping[str, str]) -> list[str]:
    notices = [
        f'Column "{column}" is left out: it is known only after the call, so leads are never scored on it.'
        for column in ignored
        if recognised(column) in KNOWN_AFTER_THE_CALL
    ]
    notices += [f'Column "{column}" is left out: {why}.' for column, why in ignored.items() if "already used" in why]
    market = [column for column, field in matched.items() if field in MARKET_COLUMNS]
    if 0 < len(market) < len(MARKET_COLUMNS):
        notices.append(
            f"The file has only {len(market)} of {len(MARKET_COLUMNS)} market columns, so "
            f"{agreeing(len(market), 'it is', 'they are')} not used."
        )
    return notices


def _meanings() -> dict[str, str]:
    meaning = {normalised(alias): CUSTOMER_ID for alias in _ID_ALIASES}
    for field in FIELD.values():
        for name in (field.name, field.label, *field.aliases):
            meaning.setdefault(normalised(name), field.name)
            meaning.setdefault(normalised(f"{field.block}_{name}"), field.name)
    for name in (*KNOWN_AFTER_THE_CALL, *NOT_USED):
        meaning[normalised(name)] = name
        meaning[normalised(f"campaign_info_{name}")] = name
    return _TRANSLATIONS | meaning


_MEANING: Final = _meanings()
