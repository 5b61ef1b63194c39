"""The HTTP API of cleanclaim: translates requests to calls of the engine and back."""
