"""The canonical claim: what every dialect is read into and every fact is made from."""
