"""Adapters between the desk and the world: e-mail and web chat."""
