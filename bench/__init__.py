"""Measured figures: `make bench`, `make bench ARGS="W2 --rows 100000 --backend postgres"`."""
