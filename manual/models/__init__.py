"""One file per hand-tuned model."""
