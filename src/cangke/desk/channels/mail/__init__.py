"""E-mail: fetched, kept raw, read within bounds, threaded by our own tokens, sent."""
