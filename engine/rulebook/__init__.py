"""Rule files to the intermediate form; knows no engine."""
