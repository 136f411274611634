"""From files nobody has described yet to a contract a person edits.

Belongs here: looking at files (delimiter, header, shapes of values), guessing what they mean, writing the proposal as commented YAML.
Does not belong here: reading deliveries; that follows the written contract and guesses nothing (ingestion).
"""

from orchestration.onboarding.new import NewContract, new_contract

__all__ = ["NewContract", "new_contract"]
