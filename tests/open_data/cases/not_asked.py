"""Cases of the loaded sets that the warehouse is not asked, with the reason; a test holds this list and the queries complete."""

_I_READY = "i-Ready results: another set of students than the roster, and no measure computes from assessment_result"

NOT_ASKED = {
    "oea-clever": "digital participation: no feed for it, no measure of the catalogue needs it",
    "oea-iready-ela-gr3": _I_READY,
    "oea-iready-ela-gr8": _I_READY,
    "oea-iready-ela-rows": _I_READY,
    "or11-edfi-link": "compares with edfi-grandbend-xml, which is not loaded: contracts read delimited text and Excel, not XML",
    "or11-ragged": "the 19th field of both rows is empty: an empty field at the end is let pass, since nothing shifts and nothing is lost "
    "(test_19_fields_for_18_columns_shift_nothing); a 19th field with text is rejected and counted",
}
