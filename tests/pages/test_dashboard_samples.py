"""The pages of samples: what they show of a prepared set, and what they say where something is missing."""

from __future__ import annotations

import csv
import json
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "datasets"))  # for the writer of slides

from corpus_records import PATIENTS, add_corpus_study, train_cut
from pathology_fixtures import add_slide, rectangle, tissue_like
from streamlit.testing.v1 import AppTest

from dashboard import eeg_figures, patch_pictures
from dashboard.prepared import index, prepared_sets, preview_with
from datasets.corpus_source import CorpusSource
from datasets.eeg.montage import DERIVATIONS
from datasets.preparation import Request, prepare
from datasets.preparation.selection import Sizes
from datasets.source import sources
from datasets.types import SPLIT_NAMES, Dataset
from reports.palette import CLASSES, PINK
from tuners.store import Store

Open = Callable[..., AppTest]
Words = Callable[[AppTest], str]
Sets = dict[str, Dataset]


def figures_of(app: AppTest) -> list[dict]:
    return [json.loads(chart.proto.spec) for chart in app.get("plotly_chart")]


def rows_of(dataset: Dataset, split: str) -> list[dict[str, str]]:
    """The index of a split, read without pandas."""
    with (Path(str(dataset.folder)) / "index.csv").open(newline="") as file:
        return [row for row in csv.DictReader(file) if row["split"] == split]


@pytest.mark.parametrize(
    ("page", "command"), [("eeg", "make-standin eeg"), ("patches", "make-standin pathology")]
)
def test_empty_cache_says_what_to_type(page: str, command: str, open_page: Open, words: Words) -> None:
    app = open_page(page)
    text = words(app)
    assert "No set of this kind is prepared" in text
    assert "python tuners/run.py --preset poster --dataset 1" in text
    assert "python -m datasets prepare" in text
    assert f"python -m datasets {command}" in text
    assert not app.exception and not app.error


@pytest.mark.parametrize("page", ["eeg", "patches"])
def test_page_says_stand_in_files_and_reasons(page: str, cached: Sets, open_page: Open, words: Words) -> None:
    text = words(open_page(page))
    assert text.count("stand-in data") >= 2  # at the top and at every figure
    assert "nothing here was recorded from a person" in text
    assert "| the header is cut off | 1 |" in text


def test_segment_is_shown_with_its_origin(cached: Sets, open_page: Open, words: Words) -> None:
    wanted = next(row for row in rows_of(cached["eeg"], "dev") if row["label"] == "1")
    app = open_page(
        "eeg", split="dev", patient=wanted["patient"], segment=wanted["row"], derivation=DERIVATIONS[3]
    )
    text = words(app)
    assert not app.exception and not app.error
    assert f"seizure · patient {wanted['patient']}" in text
    assert f"from second {float(wanted['position']):.2f} of `{wanted['file']}`" in text
    assert "100 × 20 × 15" in text
    stack, signal, spectrum = figures_of(app)
    assert [trace["name"] for trace in stack["data"][:20]] == list(DERIVATIONS)
    assert stack["layout"]["yaxis"]["ticktext"] == list(DERIVATIONS)
    names = [trace["name"] for trace in signal["data"]]
    assert names == ["as recorded, 250 Hz", "after filtering, 50 Hz"]
    upright = [shape["x0"] for shape in spectrum["layout"]["shapes"]]
    assert sorted(upright) == [0.5, 25.0, 35.0]
    assert spectrum["layout"]["yaxis"]["type"] == "log"
    assert app.selectbox(key="derivation").value == DERIVATIONS[3]


def test_segment_whose_raw_signal_was_not_kept_says_so(cached: Sets, open_page: Open, words: Words) -> None:
    (one,) = prepared_sets("eeg", [], Path(str(cached["eeg"].folder)).parent)
    without = next(
        row for row in rows_of(cached["eeg"], "eval") if preview_with(one, "eval", int(row["row"])) is None
    )
    app = open_page("eeg", split="eval", patient=without["patient"], segment=without["row"])
    assert len(app.get("plotly_chart")) == 1
    assert "kept for a few files" in words(app)


def test_labels_and_patients_are_filtered(cached: Sets, open_page: Open) -> None:
    app = open_page("eeg", split="eval", label="background")
    patients = {row["patient"] for row in rows_of(cached["eeg"], "eval") if row["label"] == "0"}
    assert {option.split(" · ")[0] for option in app.selectbox(key="patient").options} == patients
    assert all("background" in option for option in app.selectbox(key="segment").options)
    app.segmented_control(key="label").select("seizure").run()
    assert all("seizure" in option for option in app.selectbox(key="segment").options)
    assert not app.exception


def test_signal_is_the_stored_one(prepared: Sets) -> None:
    dataset = prepared["eeg"]
    stored = np.load(Path(str(dataset.folder)) / "eval_x.npy")[
        5
    ]  # (20, 510): five samples more on both sides
    np.testing.assert_array_equal(eeg_figures.segment_of(dataset.split.eval.x[5]), stored[:, 5:-5])


def test_lanes_carry_microvolts_to_the_scale_of_the_bar() -> None:
    signal = np.zeros((20, 500), np.float32)
    signal[7] = 80 * np.sin(np.arange(500))
    figure = eeg_figures.stack_figure(signal, DERIVATIONS, 100, "#000000", "#000000", frame=50)
    swing = np.array(figure.data[7].y)
    assert np.ptp(swing) == pytest.approx(np.ptp(signal[7]) / 100, abs=1e-3)
    bar = figure.data[20]
    assert bar.y[1] - bar.y[0] == 1  # one lane, which is 100 µV
    assert "100 µV" in figure.layout.annotations[0].text
    window, frame = figure.layout.shapes
    assert (round(window.x0, 3), round(window.x1, 3)) == (4.9, 5.2)
    assert (round(frame.x0, 3), round(frame.x1, 3)) == (5.0, 5.1)


@pytest.mark.parametrize(("amplitude", "bar"), [(0, 10), (20, 50), (40, 100), (1e6, 5000)])
def test_bar_fits_the_signal(amplitude: float, bar: int) -> None:
    signal = amplitude * np.sin(np.linspace(0, 60, 500)) * np.ones((20, 1))
    assert eeg_figures.scale_bar(signal) == bar


def test_gallery_shows_pictures_of_what_is_filtered(cached: Sets, open_page: Open, words: Words) -> None:
    app = open_page("patches", split="eval", **{"class": "dcis"})
    dcis = [row for row in rows_of(cached["patches"], "eval") if row["label"] == "1"]
    buttons = [button.label for button in app.button if (button.key or "").startswith("patch-")]
    assert buttons == [f"{row['row']} · dcis" for row in dcis]
    assert len(app.image) == len(dcis) + 2 + 5  # small ones, the whole, the centre, five training crops
    assert not app.exception and not app.error
    assert f"Patch {dcis[0]['row']}: dcis" in words(app)


def test_patch_is_chosen_by_its_button_and_by_address(cached: Sets, open_page: Open, words: Words) -> None:
    app = open_page("patches", split="eval", patch="3", seed="2")
    assert "Patch 3:" in words(app)
    assert "drawn with seed 2" in words(app)
    app.button(key="patch-1").click().run()
    assert "Patch 1:" in words(app)
    assert app.query_params["patch"] in ("1", ["1"])


def test_patch_that_is_not_there_falls_back(cached: Sets, open_page: Open, words: Words) -> None:
    app = open_page("patches", split="eval", patch="99999", page="77")
    assert "Patch 0:" in words(app)
    assert not app.exception and not app.error


def test_slide_has_regions_with_labels_and_boxes(cached: Sets, open_page: Open, words: Words) -> None:
    (slide,) = figures_of(open_page("patches", split="eval"))
    names = [trace.get("name") for trace in slide["data"]]
    assert names == ["dcis", "norm", "patches", "the chosen patch"]
    assert [note["text"] for note in slide["layout"]["annotations"]] == ["dcis", "norm"]
    boxes = slide["data"][2]["x"]
    assert sum(value is None for value in boxes) == len(boxes) / 6 == 2  # two patches of this patient
    assert slide["layout"]["images"][0]["source"].startswith("data:image/jpeg;base64,")


def test_boxes_lie_where_the_patches_were_cut(prepared: Sets) -> None:
    arrays = {
        "thumbnail": np.zeros((50, 100, 3), np.uint8),
        "scale": np.array(0.1),
        "vertices": np.array([(0, 0), (200, 0), (200, 100.0)]),
        "region_lengths": np.array([3]),
        "region_labels": np.array(["dcis"]),
        "boxes": np.array([(500, 0, 756, 256), (0, 100, 256, 356)]),
    }
    figure = patch_pictures.slide_figure(arrays, ("indc", "dcis"), chosen=1)
    region, boxes, chosen = figure.data
    assert list(region.x) == [0, 20, 20, 0] and list(region.y) == [0, 0, 10, 0]
    assert list(boxes.x[:5]) == [50, 75.6, 75.6, 50, 50] and list(boxes.y[:5]) == [0, 0, 25.6, 25.6, 0]
    assert list(chosen.x[:2]) == [0, 25.6] and list(chosen.y[:3]) == [10, 10, 35.6]


def test_regions_are_told_apart_by_more_than_colour() -> None:
    styles = patch_pictures.region_styles(["norm", "dcis", "nneo", "dcis", "indc"], ("indc", "dcis"))
    assert styles["indc"][0] == CLASSES[0] and styles["dcis"][0] == CLASSES[1]
    assert len({colour for colour, _ in styles.values()}) == len({dash for _, dash in styles.values()}) == 4
    assert PINK not in {colour for colour, _ in styles.values()}


def test_small_pictures_are_averages() -> None:
    patch = np.zeros((512, 512, 3), np.uint8)
    patch[::2, ::2] = 200
    assert patch_pictures.small(patch).shape == (128, 128, 3)
    assert (patch_pictures.small(patch) == 50).all()
    assert patch_pictures.small(patch[:100, :100]).shape == (100, 100, 3)


def test_frame_leaves_the_centre_and_the_patch_itself_alone() -> None:
    patch = np.random.default_rng(0).integers(0, 255, (256, 256, 3)).astype(np.uint8)
    before = patch.copy()
    framed = patch_pictures.with_centre(patch, 128)
    np.testing.assert_array_equal(patch, before)
    np.testing.assert_array_equal(framed[64:192, 64:192], patch[64:192, 64:192])
    assert (framed[63, 64:192] == 255).all() and (framed[61, 64:192] == 0).all()
    np.testing.assert_array_equal(patch_pictures.with_centre(patch, 256), patch)


def test_sets_of_studies_and_of_the_cache_are_found_once(store: Store, cached: Sets, tmp_path: Path) -> None:
    study = add_corpus_study(store, "ours", cached["eeg"])
    root = Path(str(cached["eeg"].folder)).parent
    (one,) = prepared_sets("eeg", [study], root)
    assert one.studies == ("ours",)
    assert (one.files, dict(one.skipped)) == (3 * PATIENTS, {"the header is cut off": 1})
    assert len(one.previews) == 3 * 4
    assert prepared_sets("eeg", [], tmp_path / "nowhere") == []


def test_damaged_folder_is_passed_over(cached: Sets, tmp_path: Path) -> None:
    root = tmp_path / "copies"
    for kind in ("eeg", "patches"):
        folder = Path(str(cached[kind].folder))
        shutil.copytree(folder, root / folder.name)
    (root / Path(str(cached["eeg"].folder)).name / "meta.json").write_text('{"kind": "eeg"}')
    assert prepared_sets("eeg", [], root) == []
    assert len(prepared_sets("patches", [], root)) == 1


def test_copy_with_train_cut_is_shown_without_names(
    cached: Sets, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, open_page: Open, words: Words
) -> None:
    monkeypatch.setenv("HANDTUNE_CACHE", str(tmp_path / "cut"))
    folder = train_cut(cached["eeg"], tmp_path / "cut")
    (one,) = prepared_sets("eeg", [], tmp_path / "cut")
    assert one.folder == folder
    frame = index(one)
    assert list(frame[frame["split"] == "eval"]["label"]) == [
        int(row["label"]) for row in rows_of(cached["eeg"], "eval")
    ]
    app = open_page("eeg")
    text = words(app)
    assert "keeps neither file names nor raw data" in text
    assert len(app.get("plotly_chart")) == 1
    assert not app.exception and not app.error


def test_arrays_that_are_gone_are_named_in_plain_words(
    cached: Sets, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, open_page: Open
) -> None:
    folder = Path(str(cached["patches"].folder))
    shutil.copytree(folder, tmp_path / "hurt" / folder.name)
    (tmp_path / "hurt" / folder.name / "eval_x.npy").write_bytes(b"not an array")
    monkeypatch.setenv("HANDTUNE_CACHE", str(tmp_path / "hurt"))
    app = open_page("patches", split="eval")
    assert "cannot be read" in app.error[0].value
    assert not app.exception


def test_surfaces_page_sends_to_the_samples(
    store: Store, cached: Sets, open_page: Open, words: Words
) -> None:
    add_corpus_study(store, "ours", cached["patches"])
    app = open_page("surfaces", study="ours")
    assert "a plane shows the answers to two features only" in words(app)
    assert [link.proto.page for link in app.get("page_link")] == ["errors", "patches"]
    assert Path(str(cached["patches"].folder)).name in app.get("page_link")[1].proto.query_string
    assert not app.exception


@pytest.mark.slow
@pytest.mark.parametrize(("page", "name"), [("eeg", "12"), ("patches", "11")])
def test_pages_show_what_the_real_readers_prepared(
    page: str,
    name: str,
    tmp_path: Path,
    address: str,
    monkeypatch: pytest.MonkeyPatch,
    open_page: Open,
    words: Words,
) -> None:
    """Corpora in the real file formats, read and previewed by the extractor of the set."""
    source = sources()[name]
    assert isinstance(source, CorpusSource)
    if page == "eeg":
        source.standin().write(tmp_path / "corpus", patients=6, seed=3, workers=1)
    else:  # whole stand-in slides would take a minute
        for number, split in enumerate(SPLIT_NAMES):
            regions = [("dcis", rectangle(0, 0, 1024, 512)), ("indc", rectangle(0, 512, 1024, 1024))]
            patient = f"0000000{number}_{split[0] * 8}"
            add_slide(
                tmp_path / "corpus", tissue_like(1024, 1024, number), regions, split=split, patient=patient
            )
    root = source.find_corpus(tmp_path / "corpus")
    assert root is not None
    sizes: Sizes = {"train": 4, "dev": 4, "eval": 4}
    dataset = prepare(source.extractor(root), Request(name, sizes, 3), tmp_path / "cache")
    monkeypatch.setenv("HANDTUNE_CACHE", str(tmp_path / "cache"))
    app = open_page(page, split="train")
    assert not app.exception and not app.error
    assert dataset.provenance.source in words(app).replace("\\", "")
    found = figures_of(app)
    if page == "eeg":
        assert [len(found), len(found[0]["data"])] == [3, len(DERIVATIONS) + 1]
    else:
        assert [note["text"] for note in found[0]["layout"]["annotations"]] == ["dcis", "indc"]
        boxes = found[0]["data"][2]["x"]
        assert sum(value is None for value in boxes) == 4
