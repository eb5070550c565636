"""What `score --input --output` does: score Parquet files into a folder, without a database."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

import typer

from smartbank.bootstrap.bulk import BulkOptions, score_parquet
from smartbank.config import load_settings
from smartbank.core.bulk.in_force import InForce
from smartbank.core.bulk.job import Market
from smartbank.core.consent import barred_sentence
from smartbank.core.market.points import point_of, point_words
from smartbank.core.market.snapshot import BUNDLED_SNAPSHOT, snapshot_from
from smartbank.core.rules import ScoringRules
from smartbank.core.wording import agreeing, plural

_SOURCE: Final = "the command line"


def rank_parquet(
    pattern: str,
    output: str,
    *,
    market: Market,
    base_rate: float | None,
    bands: tuple[float, float, float] | None,
    rows_per_part: int,
    with_reasons: bool,
    require_consent: bool,
    in_force: str | None,
    best: int,
    anyway: bool,
    scheduler: str | None,
    workers: int | None,
) -> None:
    """Score files into a new folder and print what it holds; where it holds just that already, say so.

    Raises
    ------
    SmartBankError
        Nothing was written: says why.
    """
    options = BulkOptions(
        given=InForce(given_rules(base_rate, bands), require_consent),
        in_force=in_force,
        best=best,
        market=market,
        rows_per_part=rows_per_part,
        with_reasons=with_reasons,
        anyway=anyway,
        scheduler=scheduler,
        workers=workers,
    )
    manifest = score_parquet(pattern, output, options=options, settings=load_settings(), say=typer.echo)
    if manifest is not None:
        typer.echo("\n".join(result_lines(manifest, output)))


def given_rules(base_rate: float | None, bands: tuple[float, float, float] | None) -> ScoringRules:
    """Return the rules of the command line. A base rate that is given counts as measured in today's market.

    Raises
    ------
    typer.BadParameter
        A value is not allowed.
    """
    rules = ScoringRules() if bands is None else ScoringRules(band_multiples=bands)
    if not rules.band_multiples[0] > rules.band_multiples[1] > rules.band_multiples[2] > 0:
        raise typer.BadParameter(
            "The multiples must fall and stay above zero, such as 3 1.5 0.75.", param_hint="--bands"
        )
    if base_rate is None:
        return rules
    if not 0 < base_rate < 1:
        raise typer.BadParameter("A share between 0 and 1, such as 0.05 for 5 of 100 calls.", param_hint="--base-rate")
    return ScoringRules(
        base_rate=base_rate,
        base_rate_source=_SOURCE,
        base_rate_market=point_of(BUNDLED_SNAPSHOT),
        band_multiples=rules.band_multiples,
    )


def result_lines(manifest: Mapping[str, Any], output: str) -> Sequence[str]:
    """Return what a manifest says, in words."""
    leads, rules = manifest["leads"], manifest["rules"]
    bands = ", ".join(f"{band} {count:,}" for band, count in leads["bands"].items())
    lines = [
        f"{plural(leads['ranked'], 'lead')} ranked: {bands}. Expected sales of all: {leads['expected_sales']:,.1f}.",
        f"Base rate {rules['base_rate']:.1%} ({rules['base_rate_source']}); market: {_market(manifest)}. "
        f"Model {manifest['model_version']}.",
    ]
    if manifest["input"]["readiness"] != "ready":
        lines.append(manifest["input"]["why"])
    if leads["set_aside"]:
        lines.append(
            f"Set aside: {plural(leads['set_aside'], 'row')}, {leads['of_them_duplicates']:,} of them duplicates."
        )
    if barred := leads["must_not_be_called"]:
        lines.append(f"Not scored: {barred_sentence(barred)}.")
    if in_force := manifest["in_force"]:
        at = datetime.fromisoformat(in_force["made_at"])
        known = f"{plural(in_force['barred'], 'customer')} SmartBank bars, {in_force['barred_in_files']:,} in the files"
        lines.append(f"In force as of {at:%Y-%m-%d %H:%M} UTC, with {known}.{_none_found(in_force)}")
    else:
        lines.append(
            "SmartBank's database was not asked who must not be called: only what the files say was left out. "
            "`data in-force` and --in-force have it asked."
        )
    if without := leads["without_id"]:
        lines.append(
            f"{plural(without, 'lead')} {agreeing(without, 'has', 'have')} no customer id: whether they objected, and"
            " whether they are the same tomorrow, cannot be known."
        )
    if manifest["best"]:
        file = f"{output.rstrip('/')}/_best.parquet"
        rows = plural(manifest["best"]["leads"], "row")
        lines.append(f"{file} holds the best {rows} as the files have them, names and phone numbers too.")
    named = "" if manifest["best"] else ", with customer ids and no names"
    return [*lines, f"Written to {output}{named}. _manifest.json says what each file is."]


def _none_found(in_force: Mapping[str, Any]) -> str:
    if in_force["barred_in_files"] or not in_force["barred"]:
        return ""
    return " Look whether the files write customer ids as SmartBank has them: otherwise nobody is left out."


def _market(manifest: Mapping[str, Any]) -> str:
    if manifest["market"]["of"] == "file":
        return "that of each row"
    point = point_words(point_of(snapshot_from(manifest["market"])))
    return point if manifest["in_force"] else f"{point}, as SmartBank brings it"
