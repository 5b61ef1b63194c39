"""cleanclaim's engine: bytes to claim to facts to matches to findings to report."""
