"""PURE: from bytes to a checked table. In the order in which a file meets them:

- ``recognise`` (text) and ``workbook`` (XLSX, ODS; only in the sandboxed child) look at a file before anybody
  answered anything and give a ``described.Recognised``: its format, columns, and ``described.Question``s, each with the
  two pieces of mapping its answers stand for (``described.merged`` lays them over the source's mapping);
- ``matching.suggest`` says which heading is which field of a mapping; ``matching.applied`` writes it in;
- ``answers`` and ``mapping`` check what was answered: ``format`` (separator, encoding, header, sheet, footer, tool)
  and ``columns`` (decimal, thousands, dates, null, reversed, labels, pseudonymise) are remembered with the source;
- ``shape``, ``survey``, ``records`` read a text strictly; ``derive`` makes a mapping SQL; ``problems`` are codes.
"""
