"""Canvases as JSON files: written by `canvas_to_json`, and read back from files that may come from anywhere."""

import json

from imld_synth import strict_json as strict
from imld_synth.canvas import MOST_CLASSES, Canvas
from imld_synth.errors import DataError
from imld_synth.marks import MOST_MARKS, Mark
from imld_synth.marks_json import mark_from_json, mark_to_json
from imld_synth.preset import SPLITS

FORMAT = "handtune-drawing 1"

#: A million imported points in each split, and then some.
MOST_BYTES = 100_000_000

_WHAT = "a drawing"
_KEYS = ("format", "title", "class_names", "colours", "limits", "seed", "added", *SPLITS)


def canvas_to_json(canvas: Canvas) -> str:
    """The canvas as a JSON document, one mark a line; the same canvas gives the same text."""
    lines = [
        f'"format": {json.dumps(FORMAT)}',
        f'"title": {json.dumps(canvas.title, ensure_ascii=False)}',
        f'"class_names": {json.dumps(canvas.class_names, ensure_ascii=False)}',
        f'"colours": {json.dumps(canvas.colours)}',
        f'"limits": {json.dumps(canvas.limits)}',
        f'"seed": {canvas.seed}',
        f'"added": {canvas.added}',
    ]
    for split in SPLITS:
        marks = ",\n  ".join(
            json.dumps(mark_to_json(mark), ensure_ascii=False) for mark in canvas.marks(split)
        )
        lines.append(f'"{split}": [\n  {marks}\n ]' if marks else f'"{split}": []')
    return "{\n " + ",\n ".join(lines) + "\n}\n"


def canvas_from_json(text: str | bytes) -> Canvas:
    """The canvas of a JSON document. Raises DataError, which names the place, for anything that is not one."""
    found = strict.parse(text, _WHAT, MOST_BYTES)
    if isinstance(found, dict) and found.get("format") != FORMAT:
        raise DataError(f"{_WHAT} begins with the format {FORMAT!r}; found {str(found.get('format'))[:40]!r}")
    document = strict.record(found, _KEYS, _WHAT)
    marks = {split: _marks(document[split], split) for split in SPLITS}
    limits = strict.items(document["limits"], "limits", 4, 4)
    xmin, xmax, ymin, ymax = (strict.number(limit, "limits") for limit in limits)
    return Canvas(
        title=strict.string(document["title"], "title"),
        class_names=_strings(document["class_names"], "class_names"),
        colours=_strings(document["colours"], "colours"),
        limits=(xmin, xmax, ymin, ymax),
        seed=strict.whole(document["seed"], "seed"),
        added=strict.whole(document["added"], "added"),
        train=marks["train"],
        dev=marks["dev"],
        eval=marks["eval"],
    )


def _marks(value: object, split: str) -> tuple[Mark, ...]:
    found = strict.items(value, split, MOST_MARKS)
    return tuple(mark_from_json(mark, f"{split}, mark {i}") for i, mark in enumerate(found, start=1))


def _strings(value: object, where: str) -> tuple[str, ...]:
    return tuple(strict.string(one, where) for one in strict.items(value, where, MOST_CLASSES))
