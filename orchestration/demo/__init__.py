"""The demo region: three districts, a state agency, five partners and more, generated from a seed, with the truth kept aside.

Belongs here: `generate`, everything it needs, and nothing else. Does not belong here: reading any of it (the hub knows the region only
through raw_landing/contracts).
"""

from orchestration.demo.dirt import Dirt
from orchestration.demo.generate import DemoSummary, generate

__all__ = ["DemoSummary", "Dirt", "generate"]
