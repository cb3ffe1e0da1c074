"""The errors that a user can cause, with the exit code each one ends a command with.

A message states the rule, the value and the way out in one or two plain lines;
the command lines print it to standard error and never show a traceback.
"""

from __future__ import annotations

from imld_synth import DataError

__all__ = ["DataError", "HandtuneError", "MissingLibraryError", "UsageError"]


class HandtuneError(Exception):
    """Base of the errors that a command reports in plain words. `exit_code` ends the command."""

    exit_code = 1


class UsageError(HandtuneError):
    """A wrong argument: an unknown name, an impossible value, two options that exclude each other."""

    exit_code = 2


class MissingLibraryError(UsageError):
    """A plug-in was asked for whose library is not installed."""
