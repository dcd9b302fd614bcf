"""Puts contracts, promises and services into words: one module a noun."""
