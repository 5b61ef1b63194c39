"""What the loader cannot refuse in one file: checks over all rules, each with one job."""
