"""Checks of a store against itself, one file each."""
