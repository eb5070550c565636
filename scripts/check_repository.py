"""Check what the linters cannot: long files, forbidden words, secrets, unguarded pages, links that lead nowhere."""

import ast
import re
import subprocess
import sys
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[1]
MAX_LINES: Final = 300
FORBIDDEN: Final = {
    "TO" + "DO": re.compile(r"\bTO" + r"DO\b"),
    "FIX" + "ME": re.compile(r"\bFIX" + r"ME\b"),
    "import of pic" + "kle": re.compile(r"^\s*(?:import|from)\s+(?:cloud)?pic" + r"kle\b", re.MULTILINE),
    "raw " + "HTML": re.compile(r"unsafe_allow_" + r"html\s*=\s*True"),
}
SECRETS: Final = {
    "a private key": re.compile(r"-----BEGIN (?:[A-Z]+ )*PRIVATE " + r"KEY-----"),
    "a token": re.compile(r"\b(?:AKIA[0-9A-Z]{16}|gh[pousr]_[A-Za-z0-9]{36}|xox[abprs]-[0-9A-Za-z-]{10,})"),
    "a signed token": re.compile(r"\beyJ[\w-]{10,}\.eyJ[\w-]{10,}\."),
    "a key of the data": re.compile(r"(?<![A-Za-z0-9+/=_-])[A-Za-z0-9+/]{43}=(?![A-Za-z0-9+/=])"),
}
READ: Final = {".py", ".md", ".toml", ".sh", ".conf", ".yaml", ".yml"}
LINK: Final = re.compile(r"(?<!\!)\[[^\]]*\]\(([^)\s]+)\)|!\[[^\]]*\]\(([^)\s]+)\)")
HEADING: Final = re.compile(r"^#+\s+(.*)$", re.MULTILINE)


def main() -> int:
    """Print every finding and return how many there are, 1 at most."""
    files = [ROOT / name for name in tracked_files()]
    texts = {path: path.read_text(encoding="utf-8") for path in files if path.suffix in READ}
    findings = [
        *(f"{path}: a link; it leads nowhere, or elsewhere, on another machine" for path in tracked_links()),
        *long_files(texts),
        *found_words(texts, FORBIDDEN),
        *found_words(texts, SECRETS),
        *unguarded_pages({path: text for path, text in texts.items() if path.parent == ROOT / "pages"}),
        *broken_links({path: text for path, text in texts.items() if path.suffix == ".md"}),
    ]
    for finding in findings:
        print(finding)
    print(f"{len(texts)} files read, {len(findings)} findings")
    return min(1, len(findings))


def tracked_files() -> list[str]:
    """Return the files git knows or would add, but not what it ignores."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],  # noqa: S607
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return [name for name in listed.stdout.splitlines() if (ROOT / name).is_file()]


def tracked_links() -> list[str]:
    """Return the symbolic links git knows."""
    listed = subprocess.run(["git", "ls-files", "--stage"], cwd=ROOT, capture_output=True, text=True, check=True)  # noqa: S607
    return [line.partition("\t")[2] for line in listed.stdout.splitlines() if line.startswith("120000")]


def long_files(texts: dict[Path, str]) -> list[str]:
    """Return Python files above `MAX_LINES` lines."""
    counts = {path: text.count("\n") for path, text in texts.items() if path.suffix == ".py"}
    return [f"{path}: {lines} lines; split it at {MAX_LINES}" for path, lines in counts.items() if lines > MAX_LINES]


def found_words(texts: dict[Path, str], patterns: dict[str, re.Pattern[str]]) -> list[str]:
    """Return where something stands that must not be in the repository, without repeating it."""
    return [
        f"{path}:{text.count(chr(10), 0, match.start()) + 1}: {word}"
        for path, text in texts.items()
        for word, pattern in patterns.items()
        for match in pattern.finditer(text)
    ]


def unguarded_pages(texts: dict[Path, str]) -> list[str]:
    """Return pages whose first statement, after the docstring and the imports, is not a call of `require_user`."""
    return [f"{path}: call require_user(...) first" for path, text in texts.items() if not _is_guarded(ast.parse(text))]


def _is_guarded(page: ast.Module) -> bool:
    for statement in page.body:
        if isinstance(statement, ast.Import | ast.ImportFrom) or _is_docstring(statement):
            continue
        value = statement.value if isinstance(statement, ast.Expr | ast.Assign) else None
        return isinstance(value, ast.Call) and getattr(value.func, "id", "") == "require_user"
    return False


def _is_docstring(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)


def broken_links(texts: dict[Path, str]) -> list[str]:
    """Return links to files or headings of the repository that are not there."""
    return [
        f"{path}: {target} leads nowhere"
        for path, text in texts.items()
        for groups in LINK.findall(text)
        if not _leads_somewhere(path, target := groups[0] or groups[1], texts)
    ]


def _leads_somewhere(path: Path, target: str, texts: dict[Path, str]) -> bool:
    if re.match(r"[a-z]+:", target):
        return True
    name, _, anchor = target.partition("#")
    found = (path.parent / name).resolve() if name else path
    if found not in texts and not found.exists():
        return False
    return not anchor or found not in texts or anchor in {_anchor(title) for title in HEADING.findall(texts[found])}


def _anchor(title: str) -> str:
    return re.sub(r"[^\w\- ]", "", title.lower()).strip().replace(" ", "-")


if __name__ == "__main__":
    sys.exit(main())
