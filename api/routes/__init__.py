"""The routes, one module a noun: each takes a request apart, calls the engine or the store, and answers."""
