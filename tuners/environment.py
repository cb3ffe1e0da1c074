"""What a run ran on: versions, commit, hardware. Read without importing any of the packages."""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from tuners.record import Environment

#: Packages whose version can change a figure.
PACKAGES = ("handtune", "numpy", "scipy", "scikit-learn", "torch", "tensorflow", "keras", "keras-tuner")

#: Packages that read a kind of data.
READERS = {"patches": ("openslide-bin", "imagecodecs", "pillow"), "large-images": ("pillow",)}


def describe(kind: str) -> Environment:
    """The environment of this process, for a study on a kind of data."""
    import psutil

    packages = {}
    for name in (*PACKAGES, *READERS.get(kind, ())):
        try:
            packages[name] = version(name)
        except PackageNotFoundError:
            packages[name] = "not installed"
    packages["keras backend"] = os.environ.get("KERAS_BACKEND", "tensorflow")
    return Environment(
        python=platform.python_version(),
        packages=packages,
        commit=_commit(),
        platform=platform.platform(),
        processor=_processor(),
        cores=os.cpu_count() or 1,
        memory_gib=round(psutil.virtual_memory().total / 2**30, 1),
        device=_device(),
    )


def _commit() -> str:
    """The commit of the code, with a mark where files were changed since; "unknown" outside a clone."""
    root = Path(__file__).parent
    head = _output(["git", "-C", str(root), "rev-parse", "--short=12", "HEAD"])
    if head is None:
        return "unknown"
    changed = _output(["git", "-C", str(root), "status", "--porcelain", "--untracked-files=no"])
    return head + (" with local changes" if changed else "")


def _processor() -> str:
    info = Path("/proc/cpuinfo")
    if info.exists():
        for line in info.read_text(errors="replace").splitlines():
            if line.startswith("model name"):
                return line.split(":", 1)[1].strip()
    return platform.processor() or platform.machine()


def _device() -> str:
    """The accelerator that networks find here, by name, else "cpu"."""
    if shutil.which("nvidia-smi"):
        names = _output(["nvidia-smi", "--query-gpu=name", "--format=csv,noheader"])
        if names:
            return "cuda: " + ", ".join(names.splitlines())
    if platform.system() == "Darwin" and platform.machine() == "arm64":
        return "mps"
    return "cpu"


def _output(command: list[str]) -> str | None:
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=10, check=True)
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout.strip()
