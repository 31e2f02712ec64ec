"""PURE: from the sums of a quarter to its report. Each module answers one of the method's questions."""
