"""Reading one part of a large file exactly as if the whole file had been read up to it."""
