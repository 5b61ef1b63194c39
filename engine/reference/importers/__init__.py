"""Publishers' files to table rows: one module an official format, told apart by content."""
