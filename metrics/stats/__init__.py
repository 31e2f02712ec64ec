"""Pure statistics of the report: numbers in, numbers out; no Django, no files, no clock, no hidden randomness.

Every number a page prints is made by one of these modules, and every module is held to published results in
``tests/cases``. Symbols and rules are those of ``docs/method.md``.
"""
