"""A file system that is really full."""

import contextlib
import os
import subprocess

import pytest


@contextlib.contextmanager
def small_disk(folder, megabytes):
    """Yield a folder on a disk of its own, of so many megabytes; the test is skipped where nobody may mount one."""
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", str(folder)]
    try:
        may = os.geteuid() == 0 and subprocess.run(mount, capture_output=True, check=False).returncode == 0
    except OSError:  # there is no such command
        may = False
    if not may:
        pytest.skip("needs to mount a small disk (tmpfs), which takes root")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


@contextlib.contextmanager
def filled(folder, *, but=0):
    """Leave no room on the disk of a folder but some bytes, until the context ends."""
    ballast = folder / "ballast"
    room = os.statvfs(folder)
    with ballast.open("wb") as file:
        os.posix_fallocate(file.fileno(), 0, max(1, room.f_bavail * room.f_frsize - but))
    yield
    ballast.unlink()
