"""From a corpus of files to a prepared folder: scan, choose by patient, extract, write, hash."""

from datasets.preparation.extractor import BadFile, Candidate, Extractor, SourceFile
from datasets.preparation.prepare import MOST_BAD, STUDY_SIZES, Request, prepare

__all__ = [
    "MOST_BAD",
    "STUDY_SIZES",
    "BadFile",
    "Candidate",
    "Extractor",
    "Request",
    "SourceFile",
    "prepare",
]
