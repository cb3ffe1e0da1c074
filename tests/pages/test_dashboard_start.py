"""The page that starts searches: what stands in the address, what may be started, and how jobs are shown."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import insert
from streamlit.testing.v1 import AppTest
from study_records import add_study

from dashboard import jobs
from dashboard.start_request import Request, amount, suggested_name
from tuners import schema
from tuners.cli_parser import parser
from tuners.contest.access import Access
from tuners.jobs import seat
from tuners.jobs.queue import Queue, new_token
from tuners.jobs.record import JobState
from tuners.record import StudyState
from tuners.store import Store

Open = Callable[..., AppTest]
Words = Callable[[AppTest], str]

WORDS = ("--dataset", "10", "--baselines", "knn")


@pytest.fixture
def queue(store: Store, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Queue]:
    """An empty queue that another machine serves, so that nothing really runs."""
    monkeypatch.setenv("HANDTUNE_DRAWINGS", str(tmp_path / "drawings"))
    with store.engine.begin() as connection:
        row = {"place": 1, "host": "elsewhere", "pid": 1, "heartbeat": time.time() + 600}
        connection.execute(insert(schema.job_servers).values(**row))
    yield Queue(store)


def request(**changes: object) -> Request:
    values = {
        "dataset": "10",
        "kind": "points2d",
        "preset": "",
        "tuners": ("pso",),
        "models": ("mlp-a1",),
        "baselines": (),
        "trials": 20,
        "epochs": 10,
    }
    return Request(**(values | changes))  # type: ignore[arg-type]


def command(app: AppTest) -> str:
    """The command line that the page shows, without the option for the store."""
    shown = next(code.value for code in app.code if code.value.startswith("python tuners/run.py"))
    return str(shown).removeprefix("python tuners/run.py ").partition(" --store ")[0]


def test_an_address_opens_the_page_filled_in(queue: Queue, open_page: Open) -> None:
    app = open_page(
        "start",
        dataset="09",
        tuner=["optuna-tpe", "pso"],
        baseline="knn",
        trials="7",
        epochs="3",
        seed="0",
        repeats="2",
        second="0.5",
        name="mine",
    )
    assert command(app) == (
        "--dataset 09 --baselines knn --tuner optuna-tpe pso --model mlp-a1 "
        "--max-trials 7 --max-epochs 3 --seed 0 --repeats 2 --second-dev 0.5 --study mine"
    )
    assert any("keras-random takes part" in caption.value for caption in app.caption)
    assert not app.error


def test_choices_are_written_into_the_address_and_come_back(queue: Queue, open_page: Open) -> None:
    app = open_page("start")
    app.number_input(key="start-trials").set_value(5).run()
    app.multiselect(key="start-baseline").set_value(["rnf"]).run()
    app.multiselect(key="start-tuner").set_value([]).run()
    parameters = {
        key: value if isinstance(value, list) else [value] for key, value in app.query_params.items()
    }
    assert parameters["trials"] == ["5"]
    assert parameters["tuner"] == ["none"]
    assert "seed" not in parameters, "what is as it was stays out of the address"
    again = open_page("start", **parameters)
    assert command(again) == command(app) == "--dataset 10 --baselines rnf --seed 1 --study set10-baselines"


def test_nonsense_in_the_address_gives_way_to_the_default_and_presets_bring_their_own(
    queue: Queue, open_page: Open
) -> None:
    app = open_page(
        "start", dataset="99", tuner="--store", trials="-3", epochs="x", seed="9" * 20, preset="?"
    )
    assert not app.exception
    assert command(app).startswith(
        "--dataset 10 --tuner keras-random --model mlp-a1 --max-trials 20 --max-epochs 10"
    )
    app.segmented_control(key="preset").select("demo").run()
    assert command(app).startswith(
        "--preset demo --dataset 10 --tuner keras-random --max-trials 10 --max-epochs 6"
    )
    app.selectbox(key="dataset").select("12").run()
    assert "--max-trials 4 --max-epochs 3" in command(app), "data whose trials take minutes get fewer"


def test_what_is_wrong_is_said_before_anything_is_started(
    queue: Queue, open_page: Open, words: Words
) -> None:
    add_study(queue.store, "demo")
    app = open_page("start", name="demo")

    def refused(said: str) -> bool:
        app.run()
        return said in words(app).replace("\\", "") and "start-now" not in [
            button.key for button in app.button
        ]

    assert refused("a study or a search called **demo**")
    for name in ("-rf", "../x", "a b"):
        app.text_input(key="start-name").set_value(name)
        assert refused("begins with a letter")
    app.text_input(key="start-name").set_value("")
    app.multiselect(key="start-tuner").set_value([])
    assert refused("Nothing is chosen")
    app.selectbox(key="dataset").select(".")
    assert refused("Give the folder")
    for folder in ("/nowhere", "--store"):
        app.text_input(key="start-folder").set_value(folder)
        assert refused("no folder")
    assert queue.jobs() == []


def test_a_click_adds_one_job_and_the_same_again_takes_a_second_thought(
    queue: Queue, open_page: Open, words: Words
) -> None:
    app = open_page("start", tuner="none", baseline="knn")
    app.button(key="start-now").click().run()
    job = queue.jobs()[0]
    assert (job.study, job.arguments) == (
        "set10-baselines",
        ("--dataset", "10", "--baselines", "knn", "--seed", "1"),
    )
    assert "is in the queue" in words(app)
    assert "begins in a moment" in words(app)
    assert "start-now" not in [button.key for button in app.button]
    app.run()
    assert len(queue.jobs()) == 1
    app.multiselect(key="start-baseline").set_value(["knn", "rnf"]).run()
    app.button(key="start-now").click().run()
    assert [job.study for job in queue.jobs()] == ["set10-baselines-2", "set10-baselines"]


def test_a_page_from_before_the_dashboard_was_closed_starts_nothing(queue: Queue, open_page: Open) -> None:
    """A click is taken before the page runs."""
    app = open_page("start", tuner="none", baseline="knn")
    access = Access(queue.store)
    access.set_password("a long password")
    access.close(True)
    app.button(key="start-now").click().run()
    assert queue.jobs() == []
    assert [title.value for title in app.title] == ["Start a search is for the instructor"]


def test_jobs_are_shown_with_their_place_their_end_and_what_can_be_done(
    queue: Queue, open_page: Open, words: Words
) -> None:
    add_study(queue.store, "cut", state=StudyState.INTERRUPTED, scored=False)
    for study in ("first", "second", "third", "ill", "wrong"):
        queue.add(new_token(), study, WORDS)
    tokens = {job.study: job.token for job in queue.jobs()}
    for study, code in (("ill", 3), ("wrong", 2)):
        queue.begin(tokens[study])
        queue.end(
            tokens[study], JobState.FAILED, code, "there is no <b>file</b> ![x](http://example.org/x.png)"
        )
    queue.begin(tokens["first"])
    app = open_page("start")
    shown = words(app)
    assert "1 before it in the queue" in shown
    assert "next, when the running one is over" in shown
    assert "![x]" not in shown
    again = [button.key for button in app.button if (button.key or "").startswith("again-")]
    assert again == [f"again-{tokens['ill']}"], "what would fail again is not offered"
    app.button(key=f"cancel-now-{tokens['second']}").click().run()
    assert next(job for job in queue.jobs() if job.study == "second").state == JobState.CANCELLED
    app.button(key=f"again-{tokens['second']}").click().run()
    app.button(key="resume-cut").click().run()
    assert (queue.jobs()[0].study, queue.jobs()[0].arguments) == ("cut", ())
    assert "resume-cut" not in [button.key for button in app.button]
    assert [job.study for job in queue.waiting()] == ["third", "second", "cut"]


def test_a_race_that_was_cut_off_goes_on_by_a_button_where_it_was_started_here(
    queue: Queue, store: Store, open_page: Open
) -> None:
    add_study(store, "cut", state=StudyState.RUNNING, scored=False, heartbeat=1.0)
    token = new_token()
    queue.add(token, "cut", WORDS)
    queue.cancel(token)
    app = open_page("live", study="cut")
    assert not app.exception and not [code for code in app.code if "--resume" in code.value]
    app.button(key=f"again-{token}").click().run()
    (job,) = queue.jobs()
    assert job.state == JobState.QUEUED


def test_the_first_use_needs_no_store(
    address: str, open_page: Open, words: Words, monkeypatch: pytest.MonkeyPatch
) -> None:
    woken: list[str] = []
    monkeypatch.setattr(jobs, "wake", lambda: woken.append("server") or "")
    app = open_page("start", tuner="none", baseline="knn")
    assert "None yet" in words(app)
    assert not Path(address).exists()
    app.button(key="start-now").click().run()
    assert woken
    assert len(Queue(Store(address)).jobs()) == 1
    assert seat.holder(Store(address)) is None


# What is asked for -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"preset": "poster", "models": ()},
        {"tuners": (), "models": (), "baselines": ("knn", "rnf")},
        {"trials": None, "seconds": 30, "total_epochs": 50, "train_limit": 100, "second_dev": 0.25},
        {"dataset": "/a folder/with; odd $letters"},
    ],
)
def test_the_command_line_takes_every_request_as_it_is_meant(changes: dict[str, object]) -> None:
    asked = request(**changes)
    read = parser().parse_args(asked.arguments())
    assert read.dataset == asked.dataset
    assert tuple(read.tuner) == asked.tuners
    assert tuple(read.model) == (() if asked.preset else asked.models)
    assert tuple(read.baselines or ()) == asked.baselines
    assert (read.train_limit, read.second_dev) == (asked.train_limit, asked.second_dev)
    if asked.searching:
        limits = (read.max_trials, read.max_epochs, read.total_epochs, read.max_seconds)
        assert limits == (asked.trials, asked.epochs, asked.total_epochs, asked.seconds)


def test_how_much_it_is_counts_every_training() -> None:
    asked = request(baselines=("knn", "mlp-m1"), tuners=("pso", "evolution"), repeats=3)
    plan = {one.label: one for one in asked.plan()}
    assert list(plan) == [
        "KNN",
        "MLP-M1",
        "MLP-A1 (keras-random)",
        "MLP-A1 (pso)",
        "MLP-A1 (evolution)",
    ]
    assert plan["KNN"].searches == 1, "no seed changes it"
    hand = plan["KNN"].trials + 1 + 3 * (plan["MLP-M1"].trials + 1)
    assert f"**{hand + 9 * 21} trainings**" in amount(asked.plan(), None)
    assert request(trials=None, total_epochs=30).plan()[0].epochs == 30
    assert request(trials=2, total_epochs=30).plan()[0].epochs == 20
    timed = request(trials=None, seconds=60)
    assert "as many trials as 60 seconds" in amount(timed.plan(), 60)
    assert request(trials=None).problem() is not None


def test_a_name_is_suggested_that_nobody_has() -> None:
    assert suggested_name(request(), ()) == "set10-pso"
    assert suggested_name(request(), ("set10-pso", "set10-pso-2")) == "set10-pso-3"
    assert suggested_name(request(dataset="/home/me/my points!"), ()) == "my-points-pso"
