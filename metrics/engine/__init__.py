"""From files of observations to exact sums. ``moments`` says what is asked, ``duckdb`` answers it."""
