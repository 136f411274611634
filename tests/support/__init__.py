"""Helpers that several kinds of tests share. Does not belong here: fixtures of one kind (its conftest)."""
