"""Measure encoders, in one process or several."""
