"""Breast pathology (#11): slides, regions and patches of the TUDP corpus, and a stand-in for it."""
