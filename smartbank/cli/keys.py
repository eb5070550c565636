"""Commands on the keys of the data and of tokens: `python -m smartbank keys make|list|rotate|rotate-tokens`."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Final

import typer

from smartbank.cli.operating import operator
from smartbank.cli.private_files import require_new, write_private
from smartbank.config import load_settings
from smartbank.core.wording import agreeing, plural
from smartbank.services import keys
from smartbank.services.token_keys import rotate_token_keys

keys_app = typer.Typer(
    help="Make, list and rotate the keys that seal names and phone numbers, and those that sign tokens.",
    no_args_is_help=True,
)

_SAY_EVERY: Final = 2_000


def register(app: typer.Typer) -> None:
    """Add the commands to the application."""
    app.add_typer(keys_app, name="keys")


@keys_app.command()
def make(
    wrapping: Annotated[
        bool, typer.Option("--wrapping", help="Make one for the file SMARTBANK_WRAPPING_KEY=file:PATH names.")
    ] = False,
    out: Annotated[
        Path | None,
        typer.Option(help="Write it into this new file, which only you may read, and print nothing.", dir_okay=False),
    ] = None,
) -> None:
    """Print a new key for SMARTBANK_DATA_KEYS, or write it into a file of mode 600; nothing else is changed."""
    from smartbank import bootstrap  # noqa: PLC0415 - imports the model's libraries

    if out is not None:
        require_new(out)
    key = bootstrap.new_wrapping_key() if wrapping else bootstrap.new_data_key()
    if out is None:
        typer.echo(key)
        return
    write_private(out, [f"{key}\n".encode()])
    typer.echo(f"Written to {out}, which only you may read. SmartBank has no copy of it: keep it safe.")


@keys_app.command("list")
def list_keys() -> None:
    """List the ids of the keys, newest first, and what each seals; a key itself is never shown."""
    from smartbank import bootstrap  # noqa: PLC0415

    with bootstrap.open_keys(load_settings()) as (ring, data, _, shelf):
        for place, use in enumerate(keys.key_uses(by=operator(), ring=ring, data=data)):
            kind = "seals now" if place == 0 else "older"
            typer.echo(f"{use.key_id}  {kind:<10} {use.customers:>10,} customers {use.others:>10,} other values")
        retired = keys.retired_keys(by=operator(), ring=ring, shelf=shelf)
    for key in retired:
        typer.echo(said_of_retired(key))


@keys_app.command()
def rotate() -> None:
    """Seal everything with a new key, while SmartBank runs; broken off, run it again.

    With keys in SMARTBANK_DATA_KEYS first put a new one in front and start every process again with the new list.
    """
    from smartbank import bootstrap  # noqa: PLC0415

    settings = load_settings()
    with bootstrap.open_keys(settings) as (ring, data, audit, shelf):
        if not ring.is_kept_here and len(ring.key_ids()) == 1:
            typer.echo(
                "SMARTBANK_DATA_KEYS holds one key. Put a new one (`python -m smartbank keys make`) and a comma in "
                "front of it for every process, start them again, then run this command with the same list."
            )
            raise typer.Exit(1)
        done = keys.rotate_keys(
            by=operator(), ring=ring, data=data, audit=audit, now=datetime.now(UTC), report=_Saying().report
        )
        retired = keys.retired_keys(by=operator(), ring=ring, shelf=shelf, unused=done.unused)
    typer.echo("\n".join([*said_of(done, in_file=not settings.wrapping_key), *map(said_of_retired, retired)]))


@keys_app.command()
def rewrap() -> None:
    """Wrap the keys with the wrapping key that is set now: after a new line in its file, or another key of the KMS."""
    from smartbank import bootstrap  # noqa: PLC0415

    with bootstrap.open_wrapper(load_settings()) as (wrapper, audit):
        done = keys.rewrap_keys(by=operator(), wrapper=wrapper, audit=audit, now=datetime.now(UTC))
    typer.echo(f"{plural(done, 'key')} {agreeing(done, 'is', 'are')} wrapped with the key that is set now.")
    typer.echo("Keep the one before for as long as a backup made before today.")


@keys_app.command("rotate-tokens")
def rotate_tokens(
    end_all: Annotated[
        bool, typer.Option("--end-all", help="Refuse every token so far, if a key may be known.")
    ] = False,
) -> None:
    """Sign tokens of the API with a new key from now on; those signed before are good until they expire."""
    from smartbank import bootstrap  # noqa: PLC0415

    with bootstrap.open_tokens(load_settings()) as (signer, audit):
        key_id = rotate_token_keys(by=operator(), signer=signer, audit=audit, now=datetime.now(UTC), end_all=end_all)
    before = "refused, by every process within half a minute" if end_all else "good until they expire"
    typer.echo(f"Tokens are signed with the key {key_id} from now on. Those signed before are {before}.")


def said_of(rotation: keys.Rotation, *, in_file: bool) -> list[str]:
    """Return what a rotation did, in sentences; of keys in a file, or wrapped in the database."""
    resealed = f"{plural(rotation.resealed, 'value')} {agreeing(rotation.resealed, 'was', 'were')} sealed again."
    lines = [f"{resealed} The key {rotation.newest} seals everything from now on."]
    if rotation.removed and in_file:
        lines.append(f"Removed: {', '.join(rotation.removed)}. Copy the new var/data-keys to a safe place now.")
    elif rotation.removed:
        stay = agreeing(len(rotation.removed), "it stays", "they stay")
        lines.append(
            f"Retired: {', '.join(rotation.removed)}; {stay} in the database, wrapped, without sealing anything."
        )
    if rotation.waiting:
        seal = agreeing(len(rotation.waiting), "seals", "seal")
        lines.append(f"{', '.join(rotation.waiting)} {seal} nothing any more. Another computer may not know that yet:")
        lines.append(
            "run this again in ten minutes, which moves what may still be sealed so and retires what is replaced."
        )
    if rotation.unused:
        lines.append(f"Nothing is sealed any more with {', '.join(rotation.unused)}: once every process has the list")
        lines.append("with the new key first, run this again; then what is named here may leave SMARTBANK_DATA_KEYS.")
        lines.append("Keep it in your secret store for as long as a backup made before: SmartBank has no copy of it.")
    for key_id, count in rotation.still_used.items():
        not_open = f"{plural(count, 'value')} sealed with {key_id} {agreeing(count, 'does', 'do')} not open"
        changed = agreeing(count, "It was", "They were")
        lines.append(f"{not_open}, so that key stays. {changed} changed or damaged:")
        lines.append("bring those customers in again, or restore a backup, then run this again.")
    return lines


def said_of_retired(key: keys.RetiredKey) -> str:
    """Return which backups need a retired key, where it is kept, and when it may be deleted."""
    where = f"is kept in {key.kept_in}" if key.kept_in else "is in SMARTBANK_DATA_KEYS only"
    what = "that file may be deleted" if key.kept_in else "it may be deleted wherever you keep it"
    if not key.needed_by:
        return (
            f"The retired key {key.key_id} {where}. No backup kept here needs it any more: once no copy of a backup "
            f"elsewhere does, {what}."
        )
    first, last = key.needed_by[0], key.needed_by[-1]
    which = f"{first} needs" if first == last else f"{len(key.needed_by)} backups kept here, {first} to {last}, need"
    return (
        f"The retired key {key.key_id} {where}. {which} it: once those and every copy of them elsewhere are gone, "
        f"{what}."
    )


class _Saying:
    """Says how far it is, now and then."""

    def __init__(self) -> None:
        self._said = 0

    def report(self, done: int, total: int) -> None:
        """Say it once `_SAY_EVERY` more are done."""
        if done - self._said >= _SAY_EVERY:
            self._said = done
            typer.echo(f"{done:,} of {plural(total, 'value')} sealed again ...")
