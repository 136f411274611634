"""How well records are linked, on data whose truth is known. Groups of its own: `make linkage`.

Thresholds are those of orchestration/identity/guard.py, fixed before; seeds while building are not the seeds tested here.
Does not belong here: what one step does with one pair (tests/unit/test_identity*.py).
"""
