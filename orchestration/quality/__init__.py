"""The audit of candidate files with Great Expectations, and its receipt.

Belongs here: running suites, the report, the receipt. Does not belong here: what is expected (expectations/, one module
per audited table) or what happens on a verdict (publishing, the Dagster layer).
"""
