"""The files around the code: what they promise is true."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

TARGETS = {"demo", "test", "check", "dashboard", "report", "bench", "clean", "help"}
PACKAGES = {"imld_synth", "datasets", "manual", "tuners", "reports", "dashboard"}


def _tool(name: str) -> str:
    """A command of this environment, so that the pinned one is asked and not another of the machine."""
    found = shutil.which(name, path=str(Path(sys.executable).parent))
    assert found, f"{name} is pinned in requirements.txt but not installed beside {sys.executable}"
    return found


def _make(root: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    inherited = {k: v for k, v in os.environ.items() if k not in {"MAKEFLAGS", "MFLAGS", "MAKELEVEL"}}
    return subprocess.run(
        ["make", "--no-print-directory", *arguments],
        cwd=root,
        env=inherited | environment,
        capture_output=True,
        text=True,
        timeout=240,
    )


def _requirements(root: Path) -> list[str]:
    lines = (root / "requirements.txt").read_text(encoding="utf-8").splitlines()
    bare = (line.split("#")[0].strip() for line in lines)
    return [line for line in bare if line]


# The two commands


def test_readme_names_the_two_commands(repo_root: Path) -> None:
    readme = (repo_root / "README.md").read_text(encoding="utf-8")
    assert "make demo" in readme
    assert "make test" in readme


def test_make_alone_lists_every_target(repo_root: Path) -> None:
    answer = _make(repo_root)
    assert answer.returncode == 0, answer.stderr
    listed = set(re.findall(r"^  make ([a-z-]+)", answer.stdout, flags=re.MULTILINE))
    assert listed >= TARGETS


@pytest.mark.parametrize("target", sorted(TARGETS))
def test_make_knows_the_target(repo_root: Path, target: str) -> None:
    answer = _make(repo_root, "--dry-run", target)
    assert answer.returncode == 0, answer.stderr


def test_make_report_without_a_study_says_what_to_type(repo_root: Path, tmp_path: Path) -> None:
    (tmp_path / "Makefile").write_text((repo_root / "Makefile").read_text(encoding="utf-8"), encoding="utf-8")
    stamp = _installed_stand_in(tmp_path)
    answer = _make(tmp_path, "report")
    assert stamp.exists()
    assert answer.returncode != 0
    assert "make report STUDY=name" in answer.stderr


def _installed_stand_in(folder: Path) -> Path:
    """A .venv that make takes for installed, so that no target installs anything."""
    for name in ("requirements.txt", "pyproject.toml"):
        (folder / name).touch()
    binaries = folder / ".venv" / "bin"
    binaries.mkdir(parents=True)
    (binaries / "python").symlink_to(sys.executable)
    stamp = folder / ".venv" / ".handtune-installed"
    stamp.touch()
    return stamp


def test_make_refuses_a_python_that_is_too_old_in_plain_words(repo_root: Path, tmp_path: Path) -> None:
    (tmp_path / "Makefile").write_text((repo_root / "Makefile").read_text(encoding="utf-8"), encoding="utf-8")
    for name in ("requirements.txt", "pyproject.toml"):
        (tmp_path / name).touch()
    old = tmp_path / "old-python"
    old.write_text("#!/bin/sh\nexit 1\n", encoding="utf-8")
    old.chmod(0o755)
    answer = _make(tmp_path, "setup", f"PYTHON={old}")
    assert answer.returncode != 0
    assert "Handtune needs Python 3.11, 3.12 or 3.13" in answer.stderr
    assert not (tmp_path / ".venv").exists()


def test_make_clean_keeps_runs_unless_told(repo_root: Path, tmp_path: Path) -> None:
    (tmp_path / "Makefile").write_text((repo_root / "Makefile").read_text(encoding="utf-8"), encoding="utf-8")
    for name in (".venv/lib", "runs", "reports_out", ".mypy_cache", "tuners/__pycache__"):
        (tmp_path / name).mkdir(parents=True)
    assert _make(tmp_path, "clean").returncode == 0
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        ".venv",
        "Makefile",
        "reports_out",
        "runs",
        "tuners",
    ]
    assert not (tmp_path / "tuners" / "__pycache__").exists()
    assert _make(tmp_path, "clean", "ALL=1").returncode == 0
    assert sorted(path.name for path in tmp_path.iterdir()) == ["Makefile", "tuners"]


def test_continuous_integration_runs_make_test(repo_root: Path) -> None:
    script = repo_root / ".ci" / "run"
    assert os.access(script, os.X_OK)
    text = script.read_text(encoding="utf-8")
    assert "make test" in text
    assert "REQUIRE_ALL_PLUGINS=1" in text
    assert subprocess.run(["bash", "-n", str(script)], timeout=10).returncode == 0


# Dependencies


def test_every_requirement_is_pinned_exactly(repo_root: Path) -> None:
    *pins, last = _requirements(repo_root)
    assert last == "-e ."
    for pin in pins:
        assert re.fullmatch(r"[a-z0-9-]+(\[[a-z]+\])?==[0-9]+(\.[0-9]+)+", pin), pin
    assert "torch==2.13.0" in pins
    names = [pin.split("==")[0] for pin in pins]
    assert len(names) == len(set(names))


def test_dependencies_stand_in_one_place(repo_root: Path) -> None:
    project = tomllib.loads((repo_root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["dependencies"] == []
    assert "optional-dependencies" not in project


def test_every_package_of_the_project_is_installed_from_here(repo_root: Path, tmp_path: Path) -> None:
    """From another folder too, and not another project's package of the same name (`datasets`)."""
    code = "import importlib.util, sys; print(*[importlib.util.find_spec(n).origin for n in sys.argv[1:]], sep='\\n')"
    answer = subprocess.run(
        [sys.executable, "-c", code, *sorted(PACKAGES)],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=240,
    )
    assert answer.returncode == 0, answer.stderr
    origins = [Path(line) for line in answer.stdout.splitlines()]
    assert origins == [repo_root / name / "__init__.py" for name in sorted(PACKAGES)]


# Checks


def test_every_import_contract_holds(repo_root: Path, tmp_path: Path) -> None:
    answer = subprocess.run(
        [_tool("lint-imports"), "--no-logo", "--cache-dir", str(tmp_path)],
        cwd=repo_root,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert answer.returncode == 0, answer.stdout + answer.stderr
    assert re.search(r"Contracts: [1-9][0-9]* kept, 0 broken", answer.stdout), answer.stdout


def test_the_layers_cover_every_package(repo_root: Path) -> None:
    linter = tomllib.loads((repo_root / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]
    layers = next(contract["layers"] for contract in linter["contracts"] if contract["type"] == "layers")
    assert layers == ["dashboard", "reports", "tuners", "manual", "datasets", "imld_synth"]
    on_disk = {path.parent.name for path in repo_root.glob("*/__init__.py")} - {"tests"}
    assert on_disk == set(layers) == set(linter["root_packages"])


def test_plug_ins_may_not_import_the_heavy_libraries_at_the_top(repo_root: Path) -> None:
    """The rule of ruff that says so reaches the plug-in folders; it has no say in training loops."""
    code = 'import torch\n\n__all__ = ["torch"]\n'
    for folder, banned in (("tuners/search", True), ("datasets/catalog", True), ("manual", False)):
        answer = subprocess.run(
            [_tool("ruff"), "check", "--no-cache", "--stdin-filename", f"{folder}/made_up.py", "-"],
            cwd=repo_root,
            input=code,
            capture_output=True,
            text=True,
            timeout=240,
        )
        assert ("TID253" in answer.stdout) is banned, (folder, answer.stdout, answer.stderr)


# Container


def test_hadolint_has_nothing_to_say(repo_root: Path) -> None:
    answer = subprocess.run(
        [_tool("hadolint"), "Dockerfile"], cwd=repo_root, capture_output=True, text=True, timeout=240
    )
    assert answer.returncode == 0, answer.stdout + answer.stderr
    assert answer.stdout == ""


def test_the_container_runs_as_somebody_and_reports_its_health(repo_root: Path) -> None:
    text = (repo_root / "Dockerfile").read_text(encoding="utf-8")
    users = re.findall(r"^USER (.+)$", text, flags=re.MULTILINE)
    assert users
    assert users[-1].split(":")[0] not in {"root", "0"}
    assert "HEALTHCHECK" in text
    assert "/_stcore/health" in text
    assert "--server.address=0.0.0.0" in text.splitlines()[-1]


# Dashboard


def test_the_dashboard_listens_to_this_machine_only(repo_root: Path) -> None:
    config = tomllib.loads((repo_root / ".streamlit" / "config.toml").read_text(encoding="utf-8"))
    assert config["server"]["address"] == "127.0.0.1"
    assert set(config["server"]["allowedHosts"]) == {"localhost", "127.0.0.1"}
    assert config["server"]["enableXsrfProtection"] is True
    assert config["server"]["enableCORS"] is True
    assert config["server"]["maxUploadSize"] <= 5
    assert config["browser"]["gatherUsageStats"] is False
    assert config["runner"]["postScriptGC"] is False


def test_streamlit_knows_every_option_that_is_set(repo_root: Path) -> None:
    """A misspelt option is only a line in a log otherwise, and its protection is not there."""
    code = (
        "import logging, streamlit.config as c\n"
        "c.get_config_options(force_reparse=True)\n"
        "print(c.get_option('server.address'), c.get_option('runner.postScriptGC'))\n"
    )
    answer = subprocess.run(
        [sys.executable, "-c", code], cwd=repo_root, capture_output=True, text=True, timeout=240
    )
    assert answer.returncode == 0, answer.stderr
    assert answer.stdout.split() == ["127.0.0.1", "False"]
    assert "not a valid config option" not in answer.stdout + answer.stderr


def _luminance(colour: str) -> float:
    channels = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    red, green, blue = (c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("part", ["textColor", "linkColor", "primaryColor"])
def test_text_is_readable_on_both_backgrounds(repo_root: Path, theme: str, part: str) -> None:
    """WCAG 2.2, level AA: a contrast of 4.5 : 1."""
    colours = tomllib.loads((repo_root / ".streamlit" / "config.toml").read_text(encoding="utf-8"))["theme"][
        theme
    ]
    for background in ("backgroundColor", "secondaryBackgroundColor"):
        dark, light = sorted((_luminance(colours[part]), _luminance(colours[background])))
        assert (light + 0.05) / (dark + 0.05) >= 4.5, (part, background)
