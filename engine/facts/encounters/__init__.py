"""What is documented about an encounter, as facts."""
