"""Folders of small CSV files, and commands as a user runs them."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

GOOD = {
    "train": "0,0.10,0.20\n1,-0.30,0.40\n0,0.15,0.25\n1,-0.35,0.45\n",
    "dev": "0,0.11,0.21\n1,-0.31,0.41\n",
    "eval": "1,-0.32,0.42\n0,0.12,0.22\n",
}


def write_folder(folder: Path, **changes: str | bytes | None) -> Path:
    """A good folder of three files, with some of them replaced, or left out where None."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in {**GOOD, **changes}.items():
        if text is not None:
            (folder / f"{name}.csv").write_bytes(text if isinstance(text, bytes) else text.encode())
    return folder


@pytest.fixture
def folder_of(tmp_path: Path) -> Callable[..., Path]:
    """`folder_of("own", dev=TEXT)`: a folder below tmp_path, see `write_folder`."""
    return lambda name, **changes: write_folder(tmp_path / name, **changes)


@pytest.fixture(autouse=True)
def no_data_root(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("HANDTUNE_DATA", raising=False)


@pytest.fixture
def command(tmp_path: Path, repo_root: Path) -> Callable[..., subprocess.CompletedProcess[str]]:
    """`command("datasets", "list")` runs python -m datasets list in a folder of its own."""

    def run(module: str, *words: str, **environment: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", module, *words],
            cwd=tmp_path,
            env={**os.environ, "PYTHONPATH": str(repo_root), **environment},
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    return run
