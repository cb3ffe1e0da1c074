"""What is known of a set with a density: its Bayes error, checked otherwise, and the error of another rule."""

import time

import numpy as np
import pytest
from scipy.stats import norm

from imld_synth import Drawing, Mixture, preset, presets
from imld_synth.shapes import Box, Gaussian, Strokes, round_gaussian, turned_gaussian

SPLITS = [(one.name, split) for one in presets() for split in ("train", "dev", "eval")]


@pytest.mark.parametrize(("name", "split"), SPLITS)
def test_the_stated_bound_is_kept_within_a_second(name: str, split: str) -> None:
    drawing = preset(name).drawing(split)
    begun = time.process_time()
    exact = drawing.bayes_error()
    assert time.process_time() - begun < 1.5  # a second, and some patience with a busy machine
    assert exact.bound < 2e-4
    check = drawing.monte_carlo_bayes_error(20_000, 7)
    assert abs(exact.value - check.value) < exact.bound + 4 * check.standard_error


@pytest.mark.slow
@pytest.mark.parametrize(("name", "split"), SPLITS)
def test_many_drawn_points_agree(name: str, split: str) -> None:
    drawing = preset(name).drawing(split)
    exact, check = drawing.bayes_error(), drawing.monte_carlo_bayes_error(500_000, 11)
    assert check.standard_error < 4e-4
    assert abs(exact.value - check.value) < exact.bound + 3.5 * check.standard_error


def test_the_check_is_less_noisy_than_counting() -> None:
    drawing = Drawing((round_gaussian((0, 0), 1), round_gaussian((2, 0), 1)))
    truth = norm.cdf(-1)
    check = drawing.monte_carlo_bayes_error(50_000, 3)
    assert abs(check.value - truth) < 4 * check.standard_error
    counting = np.sqrt(truth * (1 - truth) / 50_000)
    assert 0.25 < check.standard_error / counting < 0.5
    assert check == drawing.monte_carlo_bayes_error(50_000, 3)
    assert check.value != drawing.monte_carlo_bayes_error(50_000, 4).value
    with pytest.raises(ValueError, match="two points"):
        drawing.monte_carlo_bayes_error(1, 3)


def test_bayes_error_of_three_classes_in_a_row() -> None:
    """The outer classes lose one side, the inner one both: 4/3 of Phi(-d/2)."""
    drawing = Drawing(tuple(round_gaussian((2.0 * place, 0), 1) for place in range(3)))
    exact = drawing.bayes_error()
    assert abs(exact.value - 4 / 3 * norm.cdf(-1)) <= exact.bound <= 2e-4


def test_bayes_error_of_blurred_strokes() -> None:
    """Two long parallel strokes, their noise across them as far apart as two Gaussians."""
    noise, length, d = 0.01, 50.0, 2.0
    lines = tuple(Strokes((((0, y), (length, y)),), noise) for y in (0.0, d * noise))
    exact = Drawing(lines).bayes_error()
    assert abs(exact.value - norm.cdf(-d / 2)) <= 2e-4


def test_error_of_a_shifted_rule() -> None:
    """Trained on Gaussians at 0 and 2, used where they are at s and 2 + s: the border lies at 1."""
    rule = Drawing((round_gaussian((0, 0), 1), round_gaussian((2, 0), 1)))
    for shift in (-0.7, 0.0, 1.5):
        moved = Drawing((round_gaussian((shift, 0), 1), round_gaussian((2 + shift, 0), 1)))
        result = moved.error_of(rule)
        truth = 0.5 * norm.sf(1 - shift) + 0.5 * norm.cdf(-1 - shift)
        assert abs(result.value - truth) <= result.bound <= 5e-4  # a border along an axis is the hardest
        assert result.undecided == 0
        assert result.value >= moved.bayes_error().value - 2e-4


def test_error_of_a_rule_with_other_priors() -> None:
    same = (round_gaussian((0, 0), 1), round_gaussian((2, 0), 1))
    border = 1 + np.log(9) / 2
    result = Drawing(same).error_of(Drawing(same, (0.9, 0.1)))
    assert abs(result.value - 0.5 * (norm.sf(border) + norm.cdf(border - 2))) <= result.bound


def test_error_of_a_rule_on_thin_strokes() -> None:
    """The strokes lie where a wide rule has them on one side each, or exchanged."""
    rule = Drawing((Box((-1, -1), (1, 0), 0.2), Box((-1, 0), (1, 1), 0.2)))

    def strokes(level: float) -> Mixture:
        return Mixture(
            (Strokes((((-1, level), (1, level)),), 0.002), round_gaussian((0, level), 0.01)), (1, 1)
        )

    assert Drawing((strokes(-0.5), strokes(0.5))).error_of(rule).value == pytest.approx(0, abs=1e-6)
    assert Drawing((strokes(0.5), strokes(-0.5))).error_of(rule).value == pytest.approx(1, abs=1e-6)


def test_the_rule_of_its_own_drawing_errs_as_little_as_possible() -> None:
    for name, split in (("09", "eval"), ("10", "train")):
        drawing = preset(name).drawing(split)
        own, best = drawing.error_of(drawing), drawing.bayes_error()
        assert abs(own.value - best.value) <= own.bound + best.bound


def test_error_of_a_rule_agrees_with_drawn_points() -> None:
    for name, split in (("08", "dev"), ("10", "eval")):
        one = preset(name)
        drawing = one.drawing(split)
        x, _ = drawing.sample(20_000, np.random.default_rng(5))
        posterior = drawing.posterior(x)
        wrong = 1 - posterior[np.arange(len(x)), one.train.decide(x)]
        result = drawing.error_of(one.train)
        assert abs(result.value - wrong.mean()) < result.bound + 4 * wrong.std() / np.sqrt(len(x))


def test_where_a_rule_knows_nothing_it_answers_the_likeliest_class() -> None:
    rule = Drawing((Box((0, 0), (1, 1)), Box((1, 0), (2, 1))), (0.4, 0.6))
    assert rule.decide(np.array([[0.5, 0.5], [1.5, 0.5], [9.0, 9.0]])).tolist() == [0, 1, 1]
    # A quarter of class 0 has left the two boxes.
    result = Drawing((Box((0, -1), (1, 3)), Box((1, 0), (2, 1)))).error_of(rule)
    assert result.undecided == pytest.approx(0.5 * 0.75, abs=1e-3)
    assert result.value == pytest.approx(0.5 * 0.75, abs=1e-3)
    with pytest.raises(ValueError, match="3 classes"):
        rule.error_of(Drawing((round_gaussian((0, 0), 1),) * 3))


def test_densities_on_grids_are_those_of_points() -> None:
    across, up = np.array([[0.1, 0.4, 2.0], [0.0, 0.3, 1.0]]), np.array([[0.0, 0.5], [0.2, 1.0]])
    shapes = (
        Box((0, 0), (1, 1)),
        Box((0, 0.1), (0.4, 0.9), 0.1),
        Gaussian((0.1, 0.2), ((0.04, 0.0), (0.0, 0.09))),
        turned_gaussian((0.1, 0.2), (0.3, 0.1), 30),
        Strokes((((0, 0), (1, 1)),), 0.1),
    )
    for shape in shapes:
        grids = shape.grid_density(across, up)
        for grid in range(2):
            for row in range(2):
                points = np.column_stack([across[grid], np.full(3, up[grid, row])])
                assert grids[grid, row] == pytest.approx(shape.density(points))
