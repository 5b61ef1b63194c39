"""The notes of the ICD-10-CM tabular list: codes that exclude, precede or accompany others, and seventh characters."""
