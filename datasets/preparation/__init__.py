"""From a corpus of files to a prepared folder: scan, choose by patient, extract, write, hash."""

from datasets.preparation.extractor import BadFile, Candidate, Extractor, SourceFile

__all__ = ["BadFile", "Candidate", "Extractor", "SourceFile"]
