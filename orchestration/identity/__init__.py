"""Who is who: one person per child across all sources.

Belongs here: ids of students, the links between them and the person each belongs to.
Does not belong here: anything about attendance, programs or measures; those know `person_id` only.
"""

from orchestration.identity.identify import IdentityResult, rebuild_identity, refresh_identity, retrain_identity

__all__ = ["IdentityResult", "rebuild_identity", "refresh_identity", "retrain_identity"]
