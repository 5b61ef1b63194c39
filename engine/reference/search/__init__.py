"""Search in the words of code sets: descriptions, inclusion terms, includes notes, chapters and categories."""
