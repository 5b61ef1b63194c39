"""X12 837: interchange to segments to loops to claim, each layer in a module of its own."""
