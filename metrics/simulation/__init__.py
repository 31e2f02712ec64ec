"""PURE: quarters of known truth, drawn with numpy straight into facts, to prove what the method says of itself."""
