"""Measures against the promises. ``python -m tests.bench [NAME]``: every module here with a ``measure`` is a part."""
