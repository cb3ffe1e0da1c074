"""EEG (#12): reading, filtering and framing of the TUSZ corpus, and a stand-in for it."""
