"""The rule authoring kit: what a person who writes rules needs beside the engine that runs them."""
