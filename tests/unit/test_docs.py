import json
import re
from pathlib import Path

import pytest
import typer

from smartbank.cli import app
from smartbank.config import Settings

ROOT = Path(__file__).resolve().parents[2]
DOCS = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("models/*.md")])
GUIDES = [doc for doc in DOCS if doc.parent.name != "decisions"]
PICTURES = ROOT / "docs" / "screenshots"


def quoted(pattern, *, docs=DOCS):
    return sorted({found for doc in docs for found in re.findall(pattern, doc.read_text())})


def commands(group, before=()):
    """Yield the words of each command, and of each group of commands."""
    for name, command in group.commands.items():
        yield (*before, name)
        yield from commands(command, (*before, name)) if hasattr(command, "commands") else ()


@pytest.mark.parametrize("command", quoted(r"python -m smartbank ([a-z]+(?: [a-z][a-z-]*[a-z]\b)?)"))
def test_a_command_quoted_in_the_docs_exists(command):
    known = set(commands(typer.main.get_command(app)))
    groups = {words[:1] for words in known if len(words) > 1}

    first, both = tuple(command.split()[:1]), tuple(command.split())

    assert both in known or (first in known and first not in groups)


@pytest.mark.parametrize("target", quoted(r"`(?:PORT=\d+ )?make ([a-z-]+)`"))
def test_a_make_target_quoted_in_the_docs_exists(target):
    makefile = (ROOT / "Makefile").read_text()

    assert re.search(rf"^{target}:.*## ", makefile, re.MULTILINE)


@pytest.mark.parametrize("name", quoted(r"`((?:SMARTBANK_[A-Z_]+|PORT))[=`]", docs=GUIDES))
def test_a_variable_quoted_in_the_docs_is_a_setting(name):
    known = {f"SMARTBANK_{field.upper()}" for field in Settings.model_fields}

    assert name == "PORT" or name in known or name.startswith("SMARTBANK_TEST_")


@pytest.mark.parametrize("option", quoted(r"python -m smartbank ([a-z ]+ [^`\n|]*--[a-z-]+)"))
def test_an_option_quoted_in_the_docs_exists(option):
    command = typer.main.get_command(app)
    for word in option.split():
        command = getattr(command, "commands", {}).get(word, command)

    known = {name for parameter in command.params for name in parameter.opts}
    assert set(re.findall(r"--[a-z-]+", option)) <= known | {"--help"}


@pytest.mark.parametrize("doc", DOCS, ids=lambda doc: doc.relative_to(ROOT).as_posix())
def test_every_file_and_picture_a_document_links_is_there(doc):
    targets = re.findall(r"\]\(([^)#\s]+)", doc.read_text())

    files = [target for target in targets if not target.startswith(("http:", "https:", "mailto:"))]

    assert [target for target in files if not (doc.parent / target).exists()] == []


def test_every_picture_is_made_by_the_script_and_shown_somewhere():
    script = (ROOT / "scripts" / "screenshots.py").read_text()
    shown = {Path(found).name for found in quoted(r"\]\(([^)\s]+\.png)\)")}

    pictures = {picture.name for picture in PICTURES.glob("*.png")}

    assert pictures == shown
    assert [name for name in sorted(pictures) if f'"{name.removesuffix(".png")}"' not in script] == []


def test_what_the_user_guide_prints_bold_is_written_on_the_screens():
    folders = ("pages", "smartbank/ui", "smartbank/services", "smartbank/core")
    screens = "\n".join(path.read_text() for folder in folders for path in sorted((ROOT / folder).glob("*.py")))
    bold = re.findall(r"\*\*(.+?)\*\*", (ROOT / "docs" / "user-guide.md").read_text(), re.DOTALL)

    words = {part.strip() for phrase in bold for part in [" ".join(phrase.split())] if part not in screens}
    missing = {phrase for phrase in words if not all(part.strip() in screens for part in phrase.split("…"))}

    assert len(bold) > 40
    assert missing == set()


def test_the_index_of_decisions_lists_each_with_its_title():
    folder = ROOT / "docs" / "decisions"
    listed = (folder / "README.md").read_text().splitlines()

    decisions = {path.name: path.read_text().splitlines()[0] for path in folder.glob("[0-9]*.md")}

    titles = {name: re.sub(r"^# \d+[.:] ", "", heading) for name, heading in decisions.items()}
    assert [
        f"* [{name[:4]}]({name}) {title}"
        for name, title in sorted(titles.items())
        if f"* [{name[:4]}]({name}) {title}" not in listed
    ] == []
    assert sum(line.startswith("* [") for line in listed) == len(titles)


def test_the_figures_of_the_readme_are_those_of_the_model_in_force():
    version = json.loads((ROOT / "models" / "champion.json").read_text())["version"]
    card = json.loads((ROOT / "models" / version / "card.json").read_text())
    readme = (ROOT / "README.md").read_text()
    a, c, baselines = (card["metrics"][name] for name in ("A", "C", "baselines"))
    logistic = baselines["logistic"]

    figures = [f"| {_short(a[name])} | |" for name in ("auc", "auc_month_mean")]
    figures += [f"**{_short(c['auc_month_mean']['value'])}**", f"**{_interval(c['auc_month_mean'])}**"]
    figures += [f"| {_short(c['auc_within_month']['value'])} | {_interval(c['auc_within_month'])} |"]
    figures += [f"{c[name]['value']:.2f} | {_interval(c[name], 2)}" for name in ("lift_20", "lift_20_month_mean")]
    figures += [f"({_short(baselines['trees_with_market']['A']['auc'], 2)} with market columns"]
    figures += [f"{_short(logistic['C']['auc_month_mean'])} (C, mean of months)"]
    figures += [f"interval {_interval(logistic['ahead_by']['auc_month_mean'])}", f"at {100 * c['base_rate']:.1f} %"]
    figures += [f"falls to {_short(c['without_contact_history']['auc_month_mean'])}"]
    figures += [f"holds {100 * c['largest_month_share']:.0f} %", f"models/{version}/card.json"]

    assert [figure for figure in figures if figure not in readme] == []


def _short(value, digits=3):
    return f"{value:.{digits}f}".replace("0.", ".", 1)


def _interval(figure, digits=3):
    return f"{_short(figure['low'], digits)} to {_short(figure['high'], digits)}"
