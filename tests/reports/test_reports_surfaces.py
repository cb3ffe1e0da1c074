"""Decision surfaces: files, colours, points, axes, and what may be laid over them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from datasets.errors import DataError
from datasets.types import Samples
from imld_synth import Drawing
from imld_synth.shapes.gaussian import Gaussian
from reports.boundary import add_boundary, boundary_lines
from reports.density_image import CELLS, MANY, density
from reports.disagreement import compare, disagreement, markdown, sentence
from reports.figure_style import arrange
from reports.section import section
from reports.surface_picture import surface_picture
from reports.surfaces import (
    MOST_POINTS,
    SHADES,
    Surface,
    levels,
    load_surface,
    sample,
    surface_figure,
)
from tuners.store import Store


def made_up(system: str, classes: int = 2, side: int = 20) -> Surface:
    rng = np.random.default_rng(len(system))
    raw = rng.dirichlet(np.ones(classes), (side, side))
    probabilities = np.rint(raw * 255).astype(np.uint8)
    axis = np.linspace(-1, 1, side)
    return Surface(system, 0, axis, axis, probabilities, probabilities.argmax(-1).astype(np.uint8))


def many_points(count: int, classes: int = 2) -> Samples:
    rng = np.random.default_rng(0)
    return Samples(rng.normal(size=(count, 2)), rng.integers(0, classes, count))


def test_a_surface_is_read_as_it_was_written(store: Store) -> None:
    score = next(score for score in store.scores("full") if score.system == "KNN")
    surface = load_surface(store, score)
    assert (surface.system, surface.repeat, surface.count) == ("KNN", 0, 2)
    assert surface.probabilities.shape == (40, 40, 2)
    assert surface.probabilities.dtype == surface.classes.dtype == np.uint8


@pytest.mark.parametrize("content", [None, b"", b"no archive", b"PK\x03\x04broken"])
def test_a_surface_that_cannot_be_read_is_an_error_in_plain_words(
    store: Store, tmp_path: Path, content: bytes | None
) -> None:
    score = store.scores("full")[0]
    file = tmp_path / "broken.npz"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(DataError, match="cannot be read"):
        load_surface(store, replace(score, surface=str(file)))
    with pytest.raises(DataError, match="only sets with two features"):
        load_surface(store, replace(score, surface=None))


def test_levels_hold_the_class_and_how_sure_it_is() -> None:
    probabilities = np.array([[[255, 0], [128, 127], [0, 255]]], dtype=np.uint8)
    surface = Surface(
        "X", 0, np.arange(3.0), np.arange(1.0), probabilities, np.array([[0, 0, 1]], dtype=np.uint8)
    )
    assert levels(surface, "probability").tolist() == [[SHADES - 1, 0, 2 * SHADES - 1]]
    assert levels(surface, "class").tolist() == [[SHADES - 1, SHADES - 1, 2 * SHADES - 1]]


def test_the_shown_class_is_the_predicted_one_even_where_bytes_tie() -> None:
    probabilities = np.full((1, 1, 3), 85, dtype=np.uint8)
    surface = Surface("X", 0, np.zeros(1), np.zeros(1), probabilities, np.array([[2]], dtype=np.uint8))
    assert levels(surface, "probability")[0, 0] == 2 * SHADES


def test_points_are_sampled_alike_every_time() -> None:
    samples = many_points(20_000)
    first, second = sample(samples), sample(samples)
    assert len(first) == MOST_POINTS
    np.testing.assert_array_equal(first.x, second.x)
    few = many_points(10)
    assert sample(few) is few


def test_every_panel_zooms_with_the_others() -> None:
    surfaces = [made_up(f"S{number}") for number in range(5)]
    figure = surface_figure(
        surfaces, many_points(9_000), ["a", "b"], "eval", caption="data set 10, real", columns=3
    )
    for letter in "xy":
        named = {
            name.replace("axis", ""): figure.layout[name]
            for name in figure.layout
            if name.startswith(f"{letter}axis")
        }
        assert len(named) == 5  # and no empty sixth panel
        leaders = [name for name, axis in named.items() if axis.matches is None]
        assert len(leaders) == 1
        assert all(axis.matches == leaders[0] for name, axis in named.items() if name not in leaders)
    assert figure.layout.title.text == "data set 10, real; 5,000 of 9,000 points of eval"
    heat = [trace for trace in figure.data if trace.type == "heatmap"]
    assert len(heat) == 5
    assert {np.asarray(trace.z).dtype for trace in heat} == {np.dtype(np.uint8)}
    drawn = [trace for trace in figure.data if trace.type == "scattergl"]
    assert sum(len(trace.x) for trace in drawn) == 5 * MOST_POINTS
    assert [trace.name for trace in drawn if trace.showlegend] == ["a", "b"]


@pytest.mark.parametrize(("columns", "most_right"), [(1, 1), (2, 2), (3, 3)])
def test_a_narrow_page_gets_one_column(columns: int, most_right: int) -> None:
    surfaces = [made_up(f"S{number}") for number in range(6)]
    figure = surface_figure(surfaces, None, ["a", "b"], "dev", caption="c", columns=columns)
    starts = {round(figure.layout[f"xaxis{place or ''}"].domain[0], 3) for place in ("", *range(2, 7))}
    assert len(starts) == most_right
    assert "the points of dev are not at hand" in figure.layout.title.text


def test_four_panels_are_two_by_two() -> None:
    shapes = [arrange(count, 3) for count in (1, 2, 3, 4, 5, 7)]
    assert shapes == [(1, 1), (1, 2), (1, 3), (2, 2), (2, 3), (3, 3)]


def test_numbered_classes_are_called_classes() -> None:
    figure = surface_figure([made_up("S")], many_points(9), ["0", "blue"], "eval", caption="c")
    assert [trace.name for trace in figure.data if trace.type == "scattergl"] == ["class 0", "blue"]


def test_six_surfaces_of_a_real_grid_stay_light() -> None:
    surfaces = [made_up(f"S{number}", side=200) for number in range(6)]
    figure = surface_figure(surfaces, many_points(10_000), ["a", "b"], "eval", caption="c")
    assert len(figure.to_json()) < 1_200_000


def test_three_classes_have_three_grounds() -> None:
    surface = made_up("S", classes=3)
    assert {int(level) // SHADES for level in np.unique(levels(surface, "class"))} == {0, 1, 2}
    picture = surface_picture(
        [surface], many_points(50, 3), ["a", "$b$", "c"], "eval", title="t", caption="data set 08, generated"
    )
    assert [text.get_text() for text in picture.legends[0].get_texts()] == ["a", r"\$b\$", "c"]


def test_a_store_without_its_files_still_shows_the_rest(
    store: Store, store_path: Path, tmp_path: Path
) -> None:
    copy = tmp_path / "moved.sqlite"
    copy.write_bytes(store_path.read_bytes())
    part = section("surfaces")
    with_files = part.frame(store, "full")
    moved = Store(str(copy), readonly=True)
    frame = part.frame(moved, "full")
    assert len(frame) == len(with_files) == 9
    assert part.figure(moved, frame) is None
    assert part.picture(moved, frame) is None
    moved.close()


def test_a_large_split_lies_over_the_density_of_all_its_points() -> None:
    surfaces = [made_up("S"), made_up("TT")]
    figure = surface_figure(surfaces, many_points(MANY + 1), ["a", "b"], "eval", caption="c")
    images = [trace for trace in figure.data if trace.type == "heatmap" and trace.legendgroup]
    assert [trace.legendgroup for trace in images] == 2 * ["class 0", "class 1"]
    assert figure.layout.title.text == "c; 5,000 of 20,001 points of eval over the density of all"
    few = surface_figure(surfaces, many_points(MANY), ["a", "b"], "eval", caption="c")
    assert not [trace for trace in few.data if trace.type == "heatmap" and trace.legendgroup]
    assert few.layout.title.text.endswith("20,000 points of eval")


def test_a_density_shows_single_points_and_how_rare_a_class_is() -> None:
    x = np.array([[-0.99, 0.99]] * 100 + [[0.99, -0.99]])
    images = density(Samples(x, np.array([0] * 100 + [1])), (-1.0, 1.0, -1.0, 1.0), 2)
    assert images.shape == (2, CELLS, CELLS) and images.dtype == np.uint8
    assert images[0, -1, 0] == 255  # up and to the left, where row 0 is the lowest x2
    assert 0 < images[1, 0, -1] < 64
    assert (images > 0).sum() == 2


def striped(system: str, edge: float, classes: tuple[int, int], side: int = 41) -> Surface:
    """One class left of an edge, another one right of it."""
    axis = np.linspace(-1, 1, side)
    answers = np.where(axis[None, :] < edge, classes[0], classes[1]).repeat(side, axis=0)
    return Surface(system, 0, axis, axis, np.full((side, side, 3), 85, np.uint8), answers.astype(np.uint8))


def test_points_that_get_two_answers_are_counted_with_who_is_right() -> None:
    first, second = striped("A", -0.51, (0, 1)), striped("B|", 0.51, (0, 2), side=21)
    x = np.array([[-0.9, 0], [-0.2, 0.3], [0.2, 0.3], [0.3, -1], [0.9, 0], [0.8, 0], [5, 5]])
    samples = Samples(x, np.array([1, 1, 0, 2, 2, 0, 1]))
    frame = compare(first, second, samples, ["0", "b", "c"], {"A": 5 / 7, "B|": 4 / 7})
    assert frame.to_numpy().tolist() == [
        ["b", "0", 3, 3 / 7, 1, 1, 1],
        ["b", "c", 3, 3 / 7, 1, 1, 1],
        ["all", "all", 6, 6 / 7, 2, 2, 2],
    ]
    assert frame.attrs["off"] == pytest.approx(1 / 7)  # B is wrong on five of the seven
    assert "answer differently on **6** points of dev (**85.71 %**)" in sentence(frame, "dev")
    assert "neither is right on 2" in sentence(frame, "dev")
    assert "| b | class 0 | 3 | 42.86 | 1 | 1 | 1 |" in markdown(frame) and r"B\| answers" in markdown(frame)
    same = compare(first, replace(first, system="C"), samples, ["0", "b", "c"], {"A": 5 / 7, "C": 5 / 7})
    assert sentence(same, "dev") == "A and C answer differently on **0** points of dev (**0.00 %**)."


def test_the_map_is_blank_where_two_systems_agree() -> None:
    first, second = striped("A", -0.51, (0, 1)), striped("B", 0.51, (0, 1))
    samples = many_points(9_000)
    found = disagreement(first, second, samples)
    assert found.points is not None and np.all(np.abs(found.points.x[:, 0]) < 0.55)
    figure = surface_figure(
        [first, second], samples, ["a", "b", "c"], "dev", caption="c", disagreement=found, columns=2
    )
    ground = np.asarray([trace for trace in figure.data if trace.type == "heatmap"][-1].z)
    assert set(ground[:, np.abs(first.x) > 0.55].ravel()) == {3 * SHADES}
    assert set(ground[:, np.abs(first.x) < 0.45].ravel()) == {2 * SHADES - 1}
    assert sum(len(trace.x) for trace in figure.data[-3:]) == len(found.points)
    assert figure.layout.annotations[-1].text == "A,<br>where B differs"
    assert disagreement(first, second, None).points is None


def test_the_boundary_of_two_equal_gaussians_is_the_line_between_them() -> None:
    drawing = Drawing(
        (Gaussian((-0.5, 0), ((0.02, 0), (0, 0.02))), Gaussian((0.5, 0), ((0.02, 0), (0, 0.02))))
    )
    (line,) = boundary_lines(drawing, np.linspace(-3, 3, 90), np.linspace(-3, 3, 70))
    np.testing.assert_allclose(line[:, 0], 0, atol=1e-9)
    assert 0.5 < np.abs(line[:, 1]).max() < 1.5  # it ends where no point ever falls


def test_the_boundaries_of_three_classes_part_each_from_its_likeliest_rival() -> None:
    spots = [(0.0, 0.6), (-0.6, -0.4), (0.6, -0.4)]
    drawing = Drawing(tuple(Gaussian(spot, ((0.1, 0), (0, 0.1))) for spot in spots))
    lines = boundary_lines(drawing, np.linspace(-1, 1, 80), np.linspace(-1, 1, 80))
    assert len(lines) == 3
    ranked = np.sort(drawing.posterior(np.concatenate(lines)), axis=1)
    np.testing.assert_allclose(ranked[:, 2], ranked[:, 1], atol=0.02)
    figure = surface_figure([made_up("S", 3), made_up("TT", 3)], None, list("abc"), "dev", caption="c")
    add_boundary(figure, lines, "#000000", "#FFFFFF")
    added = [trace for trace in figure.data if trace.name == "Bayes boundary"]
    assert [trace.xaxis for trace in added] == ["x", "x", "x2", "x2"]
    assert [trace.line.color for trace in added if trace.showlegend] == ["#000000"]
