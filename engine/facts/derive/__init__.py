"""Derived fields, one module a kind (the claim's own fields lie in several): small functions, each stating a fact.

A getter is given the claim's view and the part, and answers the value or ``None``: an absent value is left out, never
guessed. Flags that ask whether something was sent are false when it was not; flags that compare are absent when one of
the two is.
"""
