"""A stand-in for the TUSZ corpus: made-up EEG in the same tree of real EDF and csv_bi files.

For everybody without a licence of the corpus. Figures obtained on it say nothing about seizures of
people; see docs/standin_eeg.md.
"""

from datasets.eeg.standin.corpus import DEFAULT_PATIENTS, write_corpus

__all__ = ["DEFAULT_PATIENTS", "write_corpus"]
