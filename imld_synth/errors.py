"""Errors that name a plain cause; `exit_code` is what a command line should exit with."""


class DataError(ValueError):
    """A data file or a drawing breaks a rule, or is missing; the message is one or two plain lines."""

    exit_code = 3


class UnknownSetError(ValueError):
    """No preset has this name; the message suggests the nearest ones."""

    exit_code = 2
