"""Environments of their own: the command that makes them, and the pipe to the library inside."""

from __future__ import annotations

import gc
import json
import os
import random
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import numpy as np
import pytest
from search_drive import SPACE, drive, good, start, suggestions

import tuners.environments as environments
from datasets.errors import HandtuneError, MissingLibraryError, UsageError
from tuners.environments import Environment, State, environment, python_of
from tuners.environments.__main__ import main
from tuners.isolated_process import IsolatedError, IsolatedProcess, process_of
from tuners.isolated_search import config_from_plain, config_to_plain, space_to_plain
from tuners.searcher import Task
from tuners.space import Choice, Constraint, Fixed, Float, Int, Parameter, SearchSpace

# Environments ---------------------------------------------------------------------------------------


@pytest.fixture
def place(tmp_path, monkeypatch):
    """A folder of environments of the test's own, and one environment "tiny" with these requirements."""
    monkeypatch.setenv("HANDTUNE_ENVIRONMENTS", str(tmp_path / "places"))
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.delenv("PIP_FIND_LINKS", raising=False)
    requirements = tmp_path / "tiny.txt"
    requirements.write_text("# nothing\n")
    monkeypatch.setattr(Environment, "requirements", property(lambda self: requirements))
    monkeypatch.setitem(environments.ENVIRONMENTS, "tiny", Environment("tiny", "for tests"))
    return requirements


def test_every_environment_pins_every_package():
    for one in environments.ENVIRONMENTS.values():
        lines = [line for line in one.requirements.read_text().splitlines() if not line.startswith("#")]
        assert lines and all(line.count("==") == 1 for line in lines)


def test_a_list_names_states_and_commands(place, capsys):
    assert main([]) == 0
    out = capsys.readouterr().out
    assert "missing" in out and "python -m tuners.environments vizier" in out


@pytest.mark.slow
def test_an_environment_is_made_once_and_again_when_its_list_changes(place, capsys):
    assert main(["tiny"]) == 0
    assert "tiny: ready" in capsys.readouterr().out
    assert subprocess.run([python_of("tiny"), "-c", "import pip"]).returncode == 0
    stamp = environment("tiny").stamp
    made = stamp.stat().st_mtime_ns
    assert main(["tiny"]) == 0
    assert capsys.readouterr().out == "tiny: up to date\n"
    assert stamp.stat().st_mtime_ns == made
    place.write_text("# something else\n")
    assert environment("tiny").state is State.OUT_OF_DATE
    with pytest.raises(MissingLibraryError, match=r"out of date: python -m tuners\.environments tiny"):
        python_of("tiny")

    place.write_text("no-such-package-of-handtune==1.0\n")
    assert main(["tiny"]) == 1
    err = capsys.readouterr().err
    assert "could not be installed" in err and "no-such-package-of-handtune" in err
    assert "Traceback" not in err
    assert environment("tiny").state is State.UNFINISHED
    with pytest.raises(MissingLibraryError, match="unfinished"):
        python_of("tiny")


def test_a_python_without_venv_is_named(place, tmp_path, capsys):
    bare = tmp_path / "bare"
    bare.write_text("#!/bin/sh\nexit 1\n")
    bare.chmod(0o755)
    assert main(["tiny", "--python", str(bare)]) == 1
    assert "apt-get install python3-venv" in capsys.readouterr().err
    assert main(["tiny", "--python", str(tmp_path / "none")]) == 1
    assert "No such file" in capsys.readouterr().err
    assert environment("tiny").state is State.MISSING


def test_a_folder_that_cannot_be_written_is_named(place, tmp_path, monkeypatch, capsys):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("HANDTUNE_ENVIRONMENTS", str(tmp_path / "file" / "below"))
    assert main(["tiny"]) == 1
    assert "cannot be written: Not a directory" in capsys.readouterr().err


def test_an_unknown_name_is_refused_with_the_closest(capsys):
    assert main(["vizer"]) == 2
    assert "Did you mean vizier?" in capsys.readouterr().err
    with pytest.raises(UsageError):
        python_of("vizer")


def test_a_tuner_without_its_environment_says_how_to_make_it(tmp_path, monkeypatch):
    from search_drive import SEARCHERS

    monkeypatch.setenv("HANDTUNE_ENVIRONMENTS", str(tmp_path))
    for name, where in (("vizier-gp-bandit", "vizier"), ("nni-tpe", "nni"), ("nni-anneal", "nni")):
        expected = f"needs an environment of its own: python -m tuners.environments {where}"
        assert SEARCHERS[name].missing() == expected


# Translation ----------------------------------------------------------------------------------------


def test_a_space_is_translated_whole_and_back():
    space = SearchSpace(
        (
            *SPACE.parameters,
            Parameter("size", Choice((64, 16, 32)), 16),
            Parameter("only", Choice(("one",)), "one"),
            Parameter("fixed", Fixed(3), 3),
            Parameter("coarse", Int(2, 9, step=3), 2),
            Parameter("width", Int(1, 512, log=True), 8),
        )
    )
    plain = {item["name"]: item for item in space_to_plain(space)}
    assert set(plain) == {p.name for p in space.parameters} - {"only", "fixed"}
    assert plain["rate"] == {
        "name": "rate", "kind": "float", "low": 1e-4, "high": 1e-1, "log": True, "rest": 1e-3
    }  # fmt: skip
    assert plain["units"]["step"] == 8 and plain["width"]["log"]
    assert plain["coarse"]["high"] == 8
    assert plain["size"] == {"name": "size", "kind": "ordered", "options": [64, 16, 32], "rest": 1}
    assert plain["bias"] == {"name": "bias", "kind": "category", "size": 2, "rest": 0}
    config = space.defaults()
    whole = {name: item["rest"] for name, item in plain.items()}
    assert config_from_plain(space, whole | config_to_plain(space, config)) == config
    assert json.loads(json.dumps(whole)) == whole


# The pipe -------------------------------------------------------------------------------------------

#: A library that prints, dies, hangs and draws from the global generator.
SIDE = """
import os, random, sys, time
import numpy

def start(algorithm, seed, space, settings):
    print("hello from the library")
    os.system("echo and from its child")
    if algorithm == "none":
        raise ValueError("no algorithm is called none")
    return Search()

class Search:
    def ask(self, request):
        print('{"id": 1, "values": "forged"}')
        if request["number"] == 7:
            sys.stderr.write("out of cheese\\n")
            sys.stderr.flush()
            os._exit(9)
        if request["number"] == 8:
            time.sleep(60)
        return {"x": random.random(), "y": numpy.random.random()}
"""


@pytest.fixture
def process(tmp_path, monkeypatch):
    """A server with `SIDE`, run by our own interpreter."""
    made = []

    def make(time_limit: float = 30.0) -> IsolatedProcess:
        made.append(IsolatedProcess("tiny", time_limit))
        return made[-1]

    (tmp_path / "tiny_side.py").write_text(SIDE)
    server = Path(environments.__file__).parents[1] / "isolated" / "server.py"
    (tmp_path / "server.py").write_text(server.read_text())
    monkeypatch.setattr("tuners.isolated_process.SERVER", tmp_path / "server.py")
    monkeypatch.setattr("tuners.isolated_process.python_of", lambda name: sys.executable)
    yield make
    for one in made:
        one.close()


def begin(process: IsolatedProcess, seed: int = 1, algorithm: str = "any") -> int:
    return process.call("start", algorithm=algorithm, seed=seed, space=[], settings={})["handle"]


def test_what_a_library_prints_does_not_reach_the_pipe(process):
    server = process()
    handle = begin(server)
    assert server.call("ask", handle=handle, number=0)["values"]["x"] < 1
    server.log.seek(0)
    log = server.log.read().decode()
    assert "hello from the library" in log and "and from its child" in log and "forged" in log


def test_searches_do_not_disturb_each_other(process):
    server = process()
    alone = begin(server, 4)
    expected = [server.call("ask", handle=alone, number=number)["values"] for number in range(3)]
    first, second = begin(server, 4), begin(server, 5)
    found = []
    for number in range(3):
        found.append(server.call("ask", handle=first, number=number)["values"])
        assert server.call("ask", handle=second, number=number)["values"] != found[-1]
    assert found == expected


def test_what_a_library_refuses_is_an_error_in_plain_words(process):
    server = process()
    with pytest.raises(IsolatedError, match="tiny cannot do that: ValueError: no algorithm is called none"):
        begin(server, algorithm="none")
    assert begin(server) == 1  # and it goes on


def test_a_process_that_dies_says_its_last_words(process):
    server = process()
    handle = begin(server)
    with pytest.raises(HandtuneError, match=r"ended with code 9; .*out of cheese\. The study can be resumed"):
        server.call("ask", handle=handle, number=7)
    assert not server.alive
    with pytest.raises(IsolatedError):
        server.call("ask", handle=handle, number=0)


def test_a_process_that_was_killed_is_replaced_for_the_next_search(process, monkeypatch):
    monkeypatch.setattr("tuners.isolated_process._processes", {})
    server = process_of("tiny")
    assert process_of("tiny") is server
    os.kill(server.process.pid, signal.SIGKILL)
    with pytest.raises(IsolatedError, match="ended with code -9"):
        begin(server)
    another = process_of("tiny")
    assert another is not server and begin(another) == 1
    another.close()


def test_a_library_that_gives_no_answer_is_ended(process):
    server = process(time_limit=2.0)
    handle = begin(server)
    started = time.monotonic()
    with pytest.raises(IsolatedError, match="no answer within 2 seconds"):
        server.call("ask", handle=handle, number=8)
    assert time.monotonic() - started < 10
    assert not server.alive


@pytest.mark.slow
def test_the_process_ends_with_the_one_that_started_it(tmp_path, repo_root):
    (tmp_path / "tiny_side.py").write_text(SIDE)
    (tmp_path / "server.py").write_text((repo_root / "tuners" / "isolated" / "server.py").read_text())
    program = textwrap.dedent(f"""
        import os, sys, time
        from pathlib import Path
        import tuners.isolated_process as ip
        ip.SERVER, ip.python_of = Path({str(tmp_path)!r}) / "server.py", lambda name: sys.executable
        server = ip.IsolatedProcess("tiny")
        server.call("start", algorithm="any", seed=1, space=[], settings={{}})
        holder = os.fork()
        if holder == 0:
            time.sleep(600)  # holds the other end of the pipe for longer than the server may live
            os._exit(0)
        print(server.process.pid, holder, flush=True)
        time.sleep(600)
    """)
    parent = subprocess.Popen(
        [sys.executable, "-c", program], stdout=subprocess.PIPE, text=True, cwd=repo_root
    )
    assert parent.stdout is not None
    child, holder = map(int, parent.stdout.readline().split())
    parent.kill()
    parent.wait()
    parent.stdout.close()
    try:
        deadline = time.monotonic() + 240
        while is_running(child) and time.monotonic() < deadline:
            time.sleep(0.1)
        assert not is_running(child) and is_running(holder)
    finally:
        os.kill(holder, signal.SIGKILL)


def is_running(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


# Real libraries -------------------------------------------------------------------------------------


@pytest.mark.slow
def test_a_finished_search_is_forgotten_without_disturbing_another():
    one, other = start("nni-tpe", seed=1), start("nni-tpe", seed=2)
    expected = suggestions(drive(start("nni-tpe", seed=2), 6))
    found = drive(other, 3)
    del one
    gc.collect()
    assert suggestions(drive(other, 3, trials=found)) == expected


@pytest.mark.slow
@pytest.mark.parametrize("name", ["nni-tpe", "nni-anneal"])
def test_nnis_tuners_learn(name):
    def outcome(suggestion):
        from dataclasses import replace

        rate, units = suggestion.config["rate"], suggestion.config["units"]
        return replace(good(suggestion), dev_error=abs(np.log10(rate) + 2) / 4 + abs(units - 48) / 160)

    trials = drive(start(name, seed=3), 60, outcome)
    errors = [trial.dev_error for trial in trials]
    assert np.median(errors[-20:]) < 0.75 * np.median(errors[:10])


@pytest.mark.slow
@pytest.mark.parametrize("name", ["nni-tpe", "nni-anneal"])
def test_a_point_drawn_for_want_of_possible_ones_is_told(name):
    """A constraint that one point in thousands fulfils: nearly all are drawn at random, and learned from."""
    rare = SearchSpace(
        (Parameter("a", Int(0, 3000), 1234), Parameter("b", Float(0.0, 1.0), 0.5)),
        (Constraint("rare", "a is 1234 or so", lambda c: None if abs(c["a"] - 1234) < 2 else "another a"),),
    )
    searcher = start(name, space=rare)
    trials = drive(searcher, 8)
    assert all(rare.problem(trial.config) is None for trial in trials)
    resumed = start(name, space=rare)
    resumed.resume(trials[:5])
    assert suggestions(drive(resumed, 3, trials=trials[:5])) == suggestions(trials)


@pytest.mark.slow
def test_nothing_depends_on_our_own_generators():
    expected = suggestions(drive(start("nni-anneal"), 5))
    random.seed(99)
    np.random.seed(99)
    assert suggestions(drive(start("nni-anneal"), 5)) == expected


def test_a_list_of_configurations_alone_is_refused_before_anything_starts():
    from search_drive import SEARCHERS

    for name in ("nni-tpe", "vizier-gp-bandit", "bohb"):
        with pytest.raises(UsageError, match=f"{name} needs a search space"):
            SEARCHERS[name].start(Task(None, 1, 9))
