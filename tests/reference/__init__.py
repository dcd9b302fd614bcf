"""The second implementation: every figure and the promise ledger in slow, plain Python, made from docs/rules.md alone.

Nothing here may call the product's own arithmetic; the tests compare the two on random districts, to the digit.
"""
