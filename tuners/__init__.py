"""Autotuners and hand tuning on equal terms: one loop, one store, one budget ledger."""
