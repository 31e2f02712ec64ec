"""Consequences: what follows from the facts of a quarter."""
