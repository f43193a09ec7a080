"""Plots of what is said of a scorecard: static SVG without scripts, fonts or links."""
