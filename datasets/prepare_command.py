"""`python -m datasets prepare NAME` and `make-standin`: get samples ready, make up a corpus."""

from __future__ import annotations

import argparse
import os
from collections import Counter
from functools import partial
from pathlib import Path

from datasets import cache
from datasets.command_line import positive, text_table
from datasets.corpus_source import STANDIN_STAGE, CorpusSource, cache_root
from datasets.errors import DataError, UsageError
from datasets.loading import canonical_name, data_root_from, load
from datasets.plugins import unknown
from datasets.preparation import MOST_BAD, STUDY_SIZES, Extractor, Request, prepare
from datasets.preparation.progress import TerminalProgress
from datasets.source import sources
from datasets.types import SPLIT_NAMES, Dataset

#: Layouts of `prepare pathology` beside TUDP's own.
TUDP, FOLDERS = "tudp", "folders"


def default_workers() -> int:
    """One a core, four at most."""
    return max(1, min(4, os.cpu_count() or 1))


def add_prepare_options(parser: argparse.ArgumentParser) -> None:
    """What `prepare` takes beside the options that say what is loaded."""
    parser.add_argument("--out", type=Path, metavar="DIR", help="default: HANDTUNE_CACHE, else runs/cache")
    parser.add_argument("--workers", type=positive, metavar="N", help="processes (default: cores, 4 at most)")
    corpora = parser.add_argument_group("corpora (eeg, pathology)")
    corpora.add_argument(
        "--sizes",
        nargs=3,
        type=positive,
        metavar=("TRAIN", "DEV", "EVAL"),
        help="samples of the splits, both classes together (default: the study's, 10000 2500 2500)",
    )
    corpora.add_argument(
        "--most-bad",
        type=_share,
        default=MOST_BAD,
        metavar="SHARE",
        help=f"share of files that may be unusable before it is an error (default {MOST_BAD:g})",
    )
    corpora.add_argument(
        "--decimation",
        choices=("polyphase", "naive"),
        help="eeg: how 50 Hz is reached (default polyphase; naive as in the study, with its aliasing)",
    )
    corpora.add_argument(
        "--layout", metavar="NAME", help="pathology: tudp (default), bach, bracs, kaggle-idc or folders"
    )
    corpora.add_argument(
        "--patient-pattern",
        metavar="REGEX",
        help="with --layout folders: one group that finds the patient in a file's path",
    )
    corpora.add_argument(
        "--class-folders",
        nargs="+",
        metavar="FOLDER=CLASS",
        help="with --layout folders: which folder holds which class",
    )


def run_prepare(args: argparse.Namespace) -> None:
    """Reads and checks a set and writes it where trials read it."""
    name = canonical_name(args.name)
    source = sources().get(name)
    corpus_options = (args.sizes, args.decimation, args.layout, args.patient_pattern, args.class_folders)
    workers = args.workers or default_workers()
    out = args.out.expanduser().resolve() if args.out else cache_root()
    if not isinstance(source, CorpusSource):
        if any(option is not None for option in corpus_options):
            raise UsageError(
                f"--sizes, --decimation, --layout and the like are for eeg and pathology, not for {name}"
            )
        dataset = load(args.name, seed=args.seed, data_root=args.data_root, train_limit=args.train_limit)
        _print_prepared(dataset, cache.write(dataset, out))
        return
    if args.train_limit is not None:
        raise UsageError("a corpus takes --sizes TRAIN DEV EVAL instead of --train-limit")
    root = data_root_from(args.data_root)
    if root is None:
        if args.out is not None or any(option is not None for option in corpus_options):
            raise UsageError(
                f"--out, --sizes and the like need a corpus: --data-root DIR. To have one made up:"
                f" python -m datasets make-standin {source.corpus} --out DIR"
            )
        dataset = load(name, seed=args.seed, workers=workers)
        assert dataset.folder is not None
        _print_prepared(dataset, dataset.folder)
        return
    extractor = _extractor(args, source, root)
    sizes = dict(zip(SPLIT_NAMES, args.sizes, strict=True)) if args.sizes else STUDY_SIZES
    other = args.layout not in (None, TUDP)  # other images are not the study's set
    request = Request(args.layout if other else source.name, sizes, args.seed, args.most_bad)
    with TerminalProgress() as progress:
        dataset = prepare(extractor, request, out, workers, progress.report)
    assert dataset.folder is not None
    _print_prepared(dataset, dataset.folder)


def add_standin_options(parser: argparse.ArgumentParser) -> None:
    """What `make-standin` takes."""
    parser.add_argument("corpus", metavar="CORPUS", help="eeg or pathology")
    parser.add_argument(
        "--out", type=Path, required=True, metavar="DIR", help="a folder that is not there yet"
    )
    parser.add_argument("--patients", type=positive, metavar="N", help="more patients give more samples")
    parser.add_argument(
        "--difficulty", type=float, default=0.5, metavar="D", help="0 easy to 1 hard (default 0.5)"
    )
    parser.add_argument("--workers", type=positive, metavar="N", help="processes (default: cores, 4 at most)")


def run_standin(args: argparse.Namespace) -> None:
    """Writes a stand-in corpus in the file formats of the real one."""
    source = sources().get(canonical_name(args.corpus))
    if not isinstance(source, CorpusSource):
        corpora = [one.corpus for one in sources().values() if isinstance(one, CorpusSource)]
        raise UsageError(f"there are stand-ins for {' and '.join(corpora)}, not for {args.corpus!r}")
    out = args.out.expanduser().resolve()
    patients = {} if args.patients is None else {"patients": args.patients}
    with TerminalProgress() as progress:
        source.standin().write(
            out,
            difficulty=args.difficulty,
            seed=args.seed,
            workers=args.workers or default_workers(),
            progress=partial(progress.report, STANDIN_STAGE),
            **patients,
        )
    print(f"stand-in    for {source.stands_for}, in {out}")
    print("            made up: never put a figure on it beside one on the real corpus without saying so")
    print(f"next        python -m datasets prepare {source.corpus} --data-root {args.out}")
    print(f"            python tuners/run.py --preset poster --dataset {source.name} --data-root {args.out}")


def _extractor(args: argparse.Namespace, source: CorpusSource, root: Path) -> Extractor:
    if source.corpus == "eeg":
        if args.layout or args.patient_pattern or args.class_folders:
            raise UsageError("--layout, --patient-pattern and --class-folders are for pathology, not for eeg")
    elif args.decimation:
        raise UsageError("--decimation is for eeg, not for pathology")
    if (args.layout or TUDP) != TUDP:
        return _image_folders(args, root)
    if args.patient_pattern or args.class_folders:
        raise UsageError("--patient-pattern and --class-folders belong to --layout folders")
    corpus = source.find_corpus(root)
    if corpus is None:
        raise DataError(
            f"{root} holds no {source.stands_for}; give the folder that holds it"
            + (", or name another --layout" if source.corpus == "pathology" else "")
        )
    return source.extractor(corpus, **({"decimation": args.decimation} if args.decimation else {}))


def _image_folders(args: argparse.Namespace, root: Path) -> Extractor:
    from datasets.pathology.image_folders import ImageFolderExtractor
    from datasets.pathology.image_layouts import LAYOUTS, Layout

    if args.layout in LAYOUTS:
        return ImageFolderExtractor(root, LAYOUTS[args.layout])
    if args.layout != FOLDERS:
        raise unknown("layout", args.layout, [TUDP, *LAYOUTS, FOLDERS])
    if not args.patient_pattern or not args.class_folders:
        raise UsageError(
            "--layout folders needs --class-folders, such as benign=benign malignant=malignant, and"
            " --patient-pattern, such as '([^/]+)/[^/]+$' for one folder a patient"
        )
    pairs = tuple((folder, name) for folder, _, name in (word.partition("=") for word in args.class_folders))
    if not all(folder and name for folder, name in pairs):
        raise UsageError("--class-folders takes FOLDER=CLASS, for example InSitu=dcis Invasive=indc")
    names = tuple(dict.fromkeys(name for _, name in pairs))
    return ImageFolderExtractor(
        root, Layout(f"the images in {root.name}", names, pairs, args.patient_pattern)
    )


def _print_prepared(dataset: Dataset, folder: Path) -> None:
    sizes = ", ".join(f"{name} {len(dataset.split.part(name)):,}" for name in SPLIT_NAMES)
    print(f"prepared    {dataset.name} ({dataset.provenance.kind}: {dataset.provenance.source})")
    print(f"samples     {sizes}")
    if dataset.patients:
        print(f"patients    {len(dataset.patients)}, each in one split only")
    print(f"hash        {dataset.provenance.content_hash}")
    print(f"folder      {folder}")
    if dataset.folder is not None:
        _print_skipped(folder)
        print(f"next        python tuners/run.py --dataset {folder} --baselines --tuner keras-random")


def _print_skipped(folder: Path) -> None:
    corpus = cache.read_meta(folder)["corpus"]
    skipped = Counter(corpus["skipped"])
    if not skipped:
        print(f"files       {corpus['files']:,}, none skipped")
        return
    print(
        f"files       {corpus['files']:,}, {skipped.total():,} skipped (all listed in {folder / 'skipped.csv'}):\n"
    )
    rows = [(reason, f"{count:,}") for reason, count in skipped.most_common()]
    print(text_table(("reason", "files"), rows))


def _share(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not 0 <= value <= 1:
        raise argparse.ArgumentTypeError(f"takes a share from 0 to 1, and {text!r} is none")
    return value
