"""DECISIONS: what people decided on the figures of an edition. The top layer: it may know everything below."""
