"""A stand-in for the TUDP corpus: made-up slides in its file formats, for those without a licence."""

from __future__ import annotations

from datasets.pathology.standin.corpus import DEFAULT_PATIENTS, write_corpus

__all__ = ["DEFAULT_PATIENTS", "write_corpus"]
