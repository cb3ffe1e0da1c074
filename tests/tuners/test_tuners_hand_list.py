"""A person's own list of configurations: what a file may say, and what it is told where it may not."""

from __future__ import annotations

import re

import pytest

from datasets.errors import UsageError
from tuners.hand_list import read_configurations
from tuners.space import Choice, Condition, Fixed, Float, Int, Parameter, SearchSpace

SPACE = SearchSpace(
    (
        Parameter("kind", Fixed("mlp"), "mlp"),
        Parameter("layers", Int(1, 3), 2),
        Parameter("units_1", Int(8, 64, step=8), 16),
        Parameter("units_2", Int(8, 64, step=8), 24, Condition("layers", (2, 3))),
        Parameter("rate", Float(1e-4, 1.0, log=True), 1e-3),
        Parameter("shape", Choice(("cone", "box")), "box"),
        Parameter("batch", Choice((16, 32)), 32),
        Parameter("bias", Choice((True, False)), True),
        Parameter("share", Choice((0.0, 1.0)), 0.0),
    )
)


@pytest.fixture
def read(tmp_path):
    def read(text: str | bytes):
        file = tmp_path / "mine.toml"
        file.write_bytes(text if isinstance(text, bytes) else text.encode())
        return read_configurations(file, SPACE)

    return read


def test_configurations_are_read_in_order_and_filled_up(read):
    one, two = read(
        """
        [defaults]
        rate = 0.01
        units_2 = 64
        [[configuration]]
        note = "narrow"
        layers = 1
        bias = false
        [[configuration]]
        shape = "cone"
        rate = 1
        share = 1
        """
    )
    assert one == {"kind": "mlp", "layers": 1, "units_1": 16, "rate": 0.01, "shape": "box"} | {
        "batch": 32,
        "bias": False,
        "share": 0.0,
    }
    assert two == SPACE.defaults() | {"units_2": 64, "shape": "cone", "rate": 1.0, "share": 1.0}
    assert isinstance(two["rate"], float) and isinstance(two["share"], float)
    assert SPACE.resolve(one) == one and SPACE.resolve(two) == two


def test_an_empty_entry_is_the_defaults(read):
    assert read("[[configuration]]\n") == (SPACE.defaults(),)


@pytest.mark.parametrize(
    ("line", "rule"),
    [
        ("lairs = 1", "no parameter 'lairs'. Did you mean layers? It has: kind, layers,"),
        ("layers = 4", "layers = 4 is not possible. It must be a whole number from 1 to 3"),
        ("layers = 2.0", "layers = 2.0 is not possible. It must be a whole number from 1 to 3"),
        ("layers = true", "layers = true is not possible"),
        (
            "units_1 = 12",
            "units_1 = 12 is not possible. It must be a whole number from 8 to 64 in steps of 8",
        ),
        ("rate = 0", "rate = 0 is not possible. It must be a number from 0.0001 to 1"),
        ("rate = nan", "rate = nan is not possible"),
        ('shape = "ring"', 'shape = "ring" is not possible. It must be one of "cone", "box"'),
        ("shape = [1, 2]", "shape = [1, 2] is not possible"),
        ("batch = 32.0", "batch = 32.0 is not possible. It must be one of 16, 32"),
        ("bias = 1", "bias = 1 is not possible. It must be one of true, false"),
        ('kind = "cnn"', 'kind = "cnn" is not possible. It must be "mlp", which this space does not search'),
        (
            "layers = 1\nunits_2 = 8",
            "units_2 = 8 counts only while layers is 2 or 3, and here layers is 1. "
            "Take the line out, or change layers",
        ),
        ("note = 3", "note = 3 is no text; put it in double quotes"),
    ],
)
def test_a_mistake_is_named_with_its_place(read, line, rule):
    with pytest.raises(UsageError, match=r"mine\.toml, configuration 2: .*" + re.escape(rule)) as caught:
        read(f"[[configuration]]\n[[configuration]]\n{line}\n")
    assert caught.value.exit_code == 2
    assert "\n" not in str(caught.value)


def test_defaults_are_checked_as_well(read):
    with pytest.raises(UsageError, match=r"mine\.toml, \[defaults\]: units_1 = 999 is not possible"):
        read("[defaults]\nunits_1 = 999\n[[configuration]]\n")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", r"lists no configuration: write \[\[configuration\]\] above each one"),
        ("[configuration]\nlayers = 1\n", r"write \[\[configuration\]\] with two brackets"),
        ("configuration = [1]\n", r"write \[\[configuration\]\] with two brackets"),
        ("layers = 1\n", "there is no part called 'layers'"),
        ("[[configurations]]\n", "no part called 'configurations'. Did you mean configuration?"),
        ("defaults = 3\n[[configuration]]\n", r"\[defaults\] must be a table .* is 3"),
        ("[[configuration]]\nshape = cone\n", r"is no TOML: .*line 2"),
        ("[[configuration]]\nlayers = 1\nlayers = 2\n", "is no TOML"),
        (b"\xff\xfe", "no text in UTF-8"),
    ],
)
def test_a_file_that_is_none_says_so(read, text, message):
    with pytest.raises(UsageError, match=message):
        read(text)


def test_a_file_that_cannot_be_read_says_so(tmp_path):
    with pytest.raises(UsageError, match=r"there is no file .*absent\.toml"):
        read_configurations(tmp_path / "absent.toml", SPACE)
    with pytest.raises(UsageError, match="cannot be read"):
        read_configurations(tmp_path, SPACE)


def test_the_example_of_the_documentation_can_be_read(repo_root, tmp_path):
    from tuners.hypermodels.mlp_a1 import MlpA1

    text = (repo_root / "docs" / "hand_list.md").read_text()
    file = tmp_path / "my-settings.toml"
    file.write_text(re.findall(r"```toml\n(.*?)```", text, flags=re.DOTALL)[0])
    wide, slower = read_configurations(file, MlpA1.space)
    assert (wide["units_1"], wide["activation_1"], wide["optimizer"]) == (256, "tanh", "adam")
    assert (slower["units_2"], slower["learning_rate"]) == (32, 0.0005)
    # The messages that the page quotes are those of the code.
    quoted = re.findall(r"my-settings\.toml, configuration \d: (.*)", text)
    for line, message in (("units_1 = 1000", quoted[1]), ("layers = 1\nunits_2 = 32", quoted[2])):
        file.write_text(f"[[configuration]]\n{line}\n")
        with pytest.raises(UsageError) as caught:
            read_configurations(file, MlpA1.space)
        assert str(caught.value).endswith(message)
