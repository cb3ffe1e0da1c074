"""The study's figures as data."""

from __future__ import annotations

import pytest

from datasets.study import study_dataset, study_error, study_people, study_systems


def test_figures_as_published():
    assert study_error("10", "KNN", "dev") == 38.83
    assert study_error("10", "MLP-A1", "eval") == 42.07
    assert study_error("08", "BER", "train") == 23.48
    assert study_error("12", "LSTM-A", "eval") == 50.00


def test_the_systems_in_the_order_of_the_study():
    assert study_systems("10") == ("KNN", "RNF", "MLP-M1", "MLP-M2", "MLP-A1", "MLP-A2", "BER")
    assert study_systems("08") == ("KNN", "RNF", "MLP-M", "MLP-A", "BER")
    assert study_systems("own") == ()


def test_the_tuner_of_a_system_is_passed_over():
    assert study_error("10", "MLP-A2 (keras-random)", "train") == 12.42


@pytest.mark.parametrize("name", ["08", "09"])
def test_one_network_of_a_sort_is_that_of_number_1(name):
    for sort in ("MLP-M", "MLP-A"):
        assert study_error(name, f"{sort}1", "dev") == study_error(name, sort, "dev") is not None
        assert study_error(name, f"{sort}2", "dev") is None


def test_what_the_study_does_not_have_is_none():
    assert study_error("10", "SVM", "dev") is None
    assert study_error("own", "KNN", "dev") is None
    assert study_dataset("own") is None


def test_the_data_sets_as_described():
    described = study_dataset("10")
    assert (described.classes, described.features) == (2, "2")
    assert (described.train, described.dev, described.eval) == (100_000, 10_000, 10_000)
    assert study_dataset("11").features == "512x512x3"


def test_people_who_tuned_by_hand():
    assert (study_people("people"), study_people("configurations"), study_people("spearman")) == (
        31,
        463,
        0.6,
    )
    with pytest.raises(KeyError):
        study_people("age")
