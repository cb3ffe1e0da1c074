"""Kinds of reports, one file each."""
