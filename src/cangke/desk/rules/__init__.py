"""The desk's rules in plain Python: facts in, decision and explanation out; no clock, no tables."""
