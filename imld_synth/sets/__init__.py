"""One file for each set; `imld_synth.presets()` finds them by scanning this folder."""
