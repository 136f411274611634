"""One query per figure of expected.csv, answered from the warehouse's own tables.

Each module has `CASES`: case id -> SQL that returns one row, its columns in the order of the figures of the case; NULL where
the warehouse rightly cannot know a figure, which `NOT_TOLD` explains. Does not belong here: the figures themselves.
"""

from . import ct_edsight, not_asked, oea_contoso, oneroster, partner_pmm, sdp_agency_a, sis_anytown

_MODULES = (ct_edsight, oea_contoso, oneroster, partner_pmm, sdp_agency_a, sis_anytown)

CASES: dict[str, str] = {case: sql for module in _MODULES for case, sql in module.CASES.items()}
NOT_ASKED: dict[str, str] = not_asked.NOT_ASKED
# Case id -> why some of its figures (NULL in the answer) are not told.
NOT_TOLD: dict[str, str] = {**oneroster.NOT_TOLD, **partner_pmm.NOT_TOLD}
