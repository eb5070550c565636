"""Look every pinned library up among known vulnerabilities; without a network this is skipped, and says so."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

LOCKED = ("requirements.txt", "requirements-embedded.txt")
WITHIN_S = 120


def main() -> int:
    """Return 1 where a library has a known vulnerability, else 0."""
    found = [each for name in LOCKED for each in audited(Path(name))]
    looked_up = [each for each in found if "skip_reason" not in each]
    if not looked_up:
        print("pip-audit: skipped, the lists of known vulnerabilities cannot be reached from here")
        return 0
    faults = [(each, fault) for each in looked_up for fault in each["vulns"]]
    for library, fault in faults:
        mended = ", ".join(fault["fix_versions"]) or "no version yet"
        print(f"{library['name']} {library['version']}: {fault['id']}, mended in {mended}")
    print(f"pip-audit: {len(looked_up)} of {len(found)} libraries looked up, {len(faults)} known vulnerabilities")
    return 1 if faults else 0


def audited(locked: Path) -> list[dict[str, Any]]:
    """Return what is known of the libraries of a lock file; nothing where nobody could be asked."""
    command = [sys.executable, "-m", "pip_audit", "-r", str(locked), "--disable-pip", "--progress-spinner", "off"]
    try:
        done = subprocess.run(  # noqa: S603 - our own interpreter
            [*command, "--format", "json"], capture_output=True, text=True, timeout=WITHIN_S, check=False
        )
        found: list[dict[str, Any]] = json.loads(done.stdout)["dependencies"]
        return found
    except (subprocess.TimeoutExpired, json.JSONDecodeError):
        return []


if __name__ == "__main__":
    raise SystemExit(main())
