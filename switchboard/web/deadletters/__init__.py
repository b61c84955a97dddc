"""Dead letters: what Meta has told us and could not be applied."""
