"""One query per figure of expected.csv, answered from the warehouse's own tables.

Each module has `CASES`: case id -> SQL that returns one row, its columns in the order of the figures of the case.
Does not belong here: the figures themselves.
"""

from . import (
    ct_edsight,
    edfi,
    oea_contoso,
    oneroster,
    partner_pmm,
    places,
    published_elsewhere,
    sdp_agency_a,
    sdp_agency_b,
    sds,
    sis_anytown,
)  # fmt: skip

_MODULES = (
    ct_edsight, edfi, oea_contoso, oneroster, partner_pmm, places, published_elsewhere, sdp_agency_a, sdp_agency_b, sds, sis_anytown,
)  # fmt: skip

CASES: dict[str, str] = {case: sql for module in _MODULES for case, sql in module.CASES.items()}
