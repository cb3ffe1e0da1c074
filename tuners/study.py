"""From a specification to a finished study: data, systems, loop, records; also the way back in."""

from __future__ import annotations

import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import datasets
from datasets import Dataset, cache
from datasets.errors import DataError, UsageError
from datasets.inputs import INPUTS, InputKind
from datasets.plugins import find
from datasets.second_dev import check_second, second_rows
from datasets.types import SPLIT_NAMES
from manual.learner import Learner
from tuners import environment
from tuners.draw import first_look
from tuners.engine import ENGINES, EnginePlugin, JobRunner
from tuners.loop import Loop
from tuners.path import searches
from tuners.presets import POSTER_SETS
from tuners.progress import Progress
from tuners.record import (
    CLOSED_LOOP,
    DataInfo,
    EpochRecord,
    SearchRecord,
    StudyRecord,
    StudySpec,
    StudyState,
    SystemRecord,
    SystemSpec,
)
from tuners.searcher import SEARCH, SearcherPlugin, Task
from tuners.seeds import derive, search_seed, second_dev_seed
from tuners.space import SearchSpace
from tuners.store import Store, now
from tuners.store_reading import SILENCE
from tuners.system_run import SystemRun
from tuners.truth import add_truth, lacks_truth
from tuners.tunable import Tunable, find_learner


def load_data(spec: StudySpec) -> Dataset:
    """The data of a specification, checked against the kinds that its systems take.

    Raises DataError and UsageError in plain words.
    """
    root = Path(spec.data_root) if spec.data_root else None
    dataset = datasets.load(spec.dataset, data_root=root, train_limit=spec.train_limit, workers=spec.workers)
    for system in spec.systems:
        learner = find_learner(system.learner)
        if dataset.kind not in learner.kinds:
            raise UsageError(
                f"{system.label} takes {', '.join(sorted(learner.kinds))}, and data set {dataset.name} is {dataset.kind}. "
                "Leave its name out for what fits, or choose another: python tuners/run.py --list"
            )
    return dataset


def create(store: Store, name: str, spec: StudySpec, command: str, progress: Progress) -> StudyRecord:
    """Loads the data, writes the study and its systems to the store, runs nothing yet."""
    progress.say(f"loading data set {spec.dataset}")
    dataset = load_data(spec)
    folder = cache.write(dataset, store.folder / "data")
    study = StudyRecord(
        name=name,
        spec=replace(spec, dataset=datasets.canonical_name(spec.dataset)),
        data=_data_info(dataset, folder, spec),
        environment=environment.describe(dataset.kind),
        command=command,
        created=now(),
        state=StudyState.RUNNING,
        heartbeat=time.time(),
    )
    systems = [_system_record(study, position, system) for position, system in enumerate(spec.systems)]
    store.create_study(study, systems)
    add_truth(store, study, dataset)
    return study


def reopen(store: Store, name: str, progress: Progress) -> StudyRecord:
    """A stored study, ready to go on. Its data are made again where the cache is gone.

    Raises UsageError where another process is running it, DataError where its data have changed.
    """
    study = store.study(name)
    if study.state == StudyState.RUNNING:
        raise UsageError(
            f"study {name} is being run by another process right now; "
            f"if that process is dead, wait {SILENCE:.0f} seconds and resume again"
        )
    if study.state == StudyState.FINISHED:
        _complete_truth(store, study, progress)
        return study
    if not cache.is_complete(Path(study.data.folder)):
        progress.say(f"loading data set {study.spec.dataset} again")
        dataset = load_data(study.spec)
        if dataset.provenance.content_hash != study.data.content_hash:
            raise DataError(
                f"the data of study {name} have changed since it began (hash {study.data.content_hash[:12]} then, "
                f"{dataset.provenance.content_hash[:12]} now); its results cannot be continued. Start a new study"
            )
        folder = cache.write(dataset, store.folder / "data")
        study = replace(study, data=_data_info(dataset, folder, study.spec))
    _complete_truth(store, study, progress)
    store.update_study(name, state=StudyState.RUNNING, heartbeat=time.time(), note="")
    return study


def run(
    store: Store, study: StudyRecord, progress: Progress, workers: int | None, address: str | None = None
) -> StudyRecord:
    """Runs a created or reopened study to its end and returns its final record.

    workers: None for as many as suit the engine. address: of the cluster, where it is another one by now.

    Ctrl-C and SIGTERM leave it interrupted, with nothing lost, and raise KeyboardInterrupt.
    """
    log = store.folder / study.name / "workers.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    engine = find(ENGINES, EnginePlugin, study.spec.engine, "engine")
    runner: JobRunner | None = None
    with _terminable():
        try:
            runner = engine.start(workers, str(log), address or study.spec.address)
            # The workers warm up while the searchers' libraries are imported here.
            runs = system_runs(store, study)
            loop = Loop(store, study, runs, runner, progress, _missing_bayes(store, study))
            loop.check()
            loop.run()
        except KeyboardInterrupt:
            store.update_study(study.name, state=StudyState.INTERRUPTED, heartbeat=time.time())
            raise
        except BaseException as error:
            store.update_study(study.name, state=StudyState.FAILED, note=str(error), heartbeat=time.time())
            raise
        finally:
            if runner is not None:
                runner.close()
            progress.close()
    store.update_study(study.name, state=StudyState.FINISHED, finished=now(), heartbeat=time.time())
    _insights(store, study, progress)
    return store.study(study.name)


def _insights(store: Store, study: StudyRecord, progress: Progress) -> None:
    """What the finished study shows about its hyperparameters; it is finished with or without it."""
    from tuners.insight import store_insights

    try:
        store_insights(store, study.name)
    except Exception as error:
        progress.say(
            f"the importances of the hyperparameters could not be computed ({type(error).__name__}: {error}); "
            f"the results are complete. Try again with: python -m tuners.insight {study.name}"
        )


def system_runs(store: Store, study: StudyRecord) -> list[SystemRun]:
    """The searches of a study, repeat by repeat, each as far as the store says it is."""
    systems = store.systems(study.name)
    scores = {(score.system, score.repeat): score for score in store.scores(study.name)}
    trials = searches(store.trials(study.name))
    epochs: dict[tuple[str, int], list[EpochRecord]] = {}
    for epoch in store.epochs(study.name):
        epochs.setdefault((epoch.system, epoch.repeat), []).append(epoch)
    runs = []
    for repeat in range(study.spec.repeats):
        for system, record in zip(study.spec.systems, systems, strict=True):
            if repeat < len(record.searches):
                key = (system.label, repeat)
                overhead = record.searches[repeat].overhead
                runs.append(_system_run(store, study, system, repeat))
                runs[-1].restore(trials.get(key, []), epochs.get(key, []), scores.get(key), overhead)
    return runs


def _system_run(store: Store, study: StudyRecord, system: SystemSpec, repeat: int) -> SystemRun:
    plugin = find(SEARCH, SearcherPlugin, system.tuner, "tuner")
    task = Task(
        space=_space(find_learner(system.learner), study.data),
        seed=derive(search_seed(study.spec.seed, repeat), "search"),
        max_epochs=system.epochs or study.spec.budget.max_epochs,
        configs=system.configs,
        guard=study.spec.guard,
    )
    return SystemRun(store, study, system, plugin.start(task), plugin.parallel, repeat)


def _complete_truth(store: Store, study: StudyRecord, progress: Progress) -> None:
    """Adds what is known of generated points to a study of an earlier version; its results are not touched."""
    if not lacks_truth(store, study):
        return
    progress.say(f"adding what is known of the densities of data set {study.data.name}")
    dataset = load_data(study.spec)
    if dataset.provenance.content_hash != study.data.content_hash:
        progress.say(
            "its points were drawn from other densities than this version has; nothing could be added"
        )
        return
    cache.write(dataset, Path(study.data.folder).parent)
    add_truth(store, study, dataset)


def _missing_bayes(store: Store, study: StudyRecord) -> dict[str, dict[str, dict[str, int]]]:
    """By split the estimators that the store has nothing of yet, with their settings. Only 2-D sets have them."""
    if study.data.kind != "points2d":
        return {}
    from datasets.bayes_error import RECOMMENDED, closed_loop_settings, estimators

    poster = study.spec.preset is not None and study.data.name in POSTER_SETS
    known = {(record.split, record.estimator) for record in store.bayes(study.name)}
    found = estimators()
    wanted = [name for name in found if name.startswith(CLOSED_LOOP)] + [RECOMMENDED]
    missing: dict[str, dict[str, dict[str, int]]] = {}
    for split in SPLIT_NAMES:
        study_settings = closed_loop_settings(study.data.name if poster else None, split)
        for name in wanted:
            if (split, name) not in known:
                own = {key: value for key, value in study_settings.items() if key in found[name].defaults}
                missing.setdefault(split, {})[name] = own
    return missing


def _system_record(study: StudyRecord, position: int, system: SystemSpec) -> SystemRecord:
    space = _space(find_learner(system.learner), study.data)
    if space is not None and study.spec.guard:
        first_look(space)  # before anything is written: what cannot be searched at all
    # Searching anew what no seed changes would only repeat it.
    repeats = 1 if find_learner(system.learner).deterministic else system.repeats or study.spec.repeats
    return SystemRecord(
        study.name,
        system.label,
        system.learner,
        system.tuner,
        position,
        space=[] if space is None else space.describe(),
        rules=[] if space is None else space.rules(),
        searches=tuple(SearchRecord(repeat) for repeat in range(repeats)),
    )


def _space(learner: Learner, data: DataInfo) -> SearchSpace | None:
    """The space of a learner for what networks see of the data; None for one that has none."""
    if not isinstance(learner, Tunable):
        return None
    kind = find(INPUTS, InputKind, data.kind, "kind of data")
    return learner.space_for(kind.shape(data.shape))


def _sizes(dataset: Dataset, spec: StudySpec) -> dict[str, int]:
    """Samples of each part. Raises UsageError where dev cannot be divided as `spec` asks."""
    sizes: dict[str, int] = {name: len(dataset.split.part(name)) for name in SPLIT_NAMES}
    if spec.second_dev is None:
        return sizes
    dev = dataset.split.dev
    rows = second_rows(dev, spec.second_dev, dataset.classes, second_dev_seed(spec.seed))
    check_second(dev, rows, dataset.class_names)
    return {**sizes, "dev": len(dev) - len(rows), "second": len(rows)}


def _data_info(dataset: Dataset, folder: Path, spec: StudySpec) -> DataInfo:
    return DataInfo(
        name=dataset.name,
        kind=dataset.kind,
        provenance=dataset.provenance.kind,
        source=dataset.provenance.source,
        content_hash=dataset.provenance.content_hash,
        seed=dataset.provenance.seed,
        class_names=dataset.class_names,
        shape=tuple(int(size) for size in dataset.split.train.x.shape[1:]),
        sizes=_sizes(dataset, spec),
        folder=str(folder),
    )


@contextmanager
def _terminable() -> Iterator[None]:
    """A polite kill (SIGTERM) ends a study as Ctrl-C does: interrupted, with the store in order."""

    def interrupt(number: int, frame: object) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
