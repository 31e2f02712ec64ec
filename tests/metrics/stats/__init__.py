"""Statistics against published results and against themselves."""
