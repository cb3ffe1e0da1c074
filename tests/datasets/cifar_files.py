"""CIFAR-10 as it is published, a few images large, written byte by byte.

Independent of the package's reader. The pictures are dark or bright by class, so that a test can tell them.
"""

from __future__ import annotations

import pickle
import struct
import tarfile
from pathlib import Path

import numpy as np

BATCHES = (*(f"data_batch_{number}" for number in range(1, 6)), "test_batch")
PIXELS = 3072


def batch(name: str, count: int = 20) -> tuple[np.ndarray, np.ndarray]:
    """labels (count,), the ten classes in turn, and planes (count, 3072); the same for the same name."""
    rng = np.random.default_rng(BATCHES.index(name))
    labels = np.arange(count, dtype=np.uint8) % 10
    planes = rng.integers(0, 30, (count, PIXELS), dtype=np.uint8) + 20 * labels[:, None]
    return labels, planes.astype(np.uint8)


def binary(name: str, count: int = 20) -> bytes:
    labels, planes = batch(name, count)
    return b"".join(
        bytes([label]) + plane.tobytes() for label, plane in zip(labels.tolist(), planes, strict=True)
    )


class Python2Pickler(pickle._Pickler):
    """Writes bytes as Python 2 wrote its strings: the published batches come from there."""

    dispatch = dict(pickle._Pickler.dispatch)

    def save_string(self, value: bytes) -> None:
        self.write(pickle.BINSTRING + struct.pack("<i", len(value)) + value)
        self.memoize(value)

    dispatch[bytes] = save_string


def pickled(content: object) -> bytes:
    import io

    file = io.BytesIO()
    Python2Pickler(file, protocol=2).dump(content)
    return file.getvalue()


def python(name: str, count: int = 20) -> bytes:
    labels, planes = batch(name, count)
    content = {b"batch_label": name.encode(), b"labels": labels.tolist(), b"data": planes}
    # Under the name that numpy had when the batches were published.
    return pickled(content).replace(b"cnumpy._core.multiarray\n", b"cnumpy.core.multiarray\n")


def write_binary(root: Path, count: int = 20) -> Path:
    """`root/cifar-10-batches-bin` with all six batches; returns root."""
    return _write(root / "cifar-10-batches-bin", {f"{name}.bin": binary(name, count) for name in BATCHES})


def write_python(root: Path, count: int = 20) -> Path:
    """`root/cifar-10-batches-py` with all six batches; returns root."""
    return _write(root / "cifar-10-batches-py", {name: python(name, count) for name in BATCHES})


def write_archive(root: Path, folder: str, archive: str) -> Path:
    """Packs a folder of root as the archive that is published, and takes the folder away; returns root."""
    with tarfile.open(root / archive, "w:gz") as file:
        file.add(root / folder, arcname=folder)
    for path in (root / folder).iterdir():
        path.unlink()
    (root / folder).rmdir()
    return root


def _write(folder: Path, files: dict[str, bytes]) -> Path:
    folder.mkdir(parents=True)
    for name, content in files.items():
        (folder / name).write_bytes(content)
    return folder.parent
