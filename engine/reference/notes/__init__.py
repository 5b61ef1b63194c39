"""The notes of the ICD-10-CM tabular list: which codes exclude, precede or accompany one another, and seventh characters."""
