"""Connecticut's published figures: rows and markers from core, rates from what is published."""

_HARTFORD, _NEW_HAVEN, _BRIDGEPORT = "ct-sde:0640011", "ct-sde:0930011", "ct-sde:0150011"
_CHRONIC_YEARS = {"2011-12": 2012, "2012-13": 2013, "2013-14": 2014, "2014-15": 2015, "2018-19": 2019}


def _rate(measure: str, year: int, unit: str) -> str:
    """Percent as published, group `all`."""
    return f"""(SELECT 100 * value FROM public.indicator WHERE source_kind = 'publisher' AND measure_id = '{measure}'
        AND school_year = {year} AND unit_id = '{unit}' AND student_group = 'all')"""


def _cities(measure: str, year: int) -> str:
    return ", ".join(_rate(measure, year, unit) for unit in (_HARTFORD, _NEW_HAVEN, _BRIDGEPORT))


def _figures(measure: str, year: int, group: str = "= 'all'", unit_types: str = "('district')", definition: str = "%") -> str:
    return f"""FROM core.fct_published_indicator WHERE measure_id = '{measure}' AND school_year = {year}
        AND student_group {group} AND unit_type IN {unit_types} AND definition LIKE '{definition}'"""


def _chronic(year: int) -> dict[str, str]:
    label = f"{year - 1}-{year % 100}"
    state = _rate("chronic_absence_rate", year, "ct-sde:CT")
    # only the files of 2018-19 have a count
    count = f"""SELECT numerator, {state} {_figures("chronic_absence_rate", year, unit_types="('state')")}"""
    return {
        f"ct-chronic-district-{label}": f"""SELECT count(*), count(*) FILTER (value_marker = '*'), {_cities("chronic_absence_rate", year)}
            {_figures("chronic_absence_rate", year)}""",
        f"ct-chronic-state-{label}": count if year == 2019 else f"SELECT {state}",
        f"ct-chronic-race-{label}": f"""SELECT count(*), count(*) FILTER (value_marker = '*')
            {_figures("chronic_absence_rate", year, "LIKE 'race_%'", "('district', 'state')")}""",
    }


def _tested(measure: str) -> dict[str, str]:
    name = measure.replace("_", "-")
    both = "FILTER (numerator IS NOT NULL AND denominator IS NOT NULL)"
    return {
        f"ct-{name}-districts-2014-15": f"""SELECT count(*), count(*) FILTER (numerator_marker = '*'), sum(numerator) {both},
            sum(denominator) {both}, sum(numerator) {both} / sum(denominator) {both}, count(*) {both} {_figures(measure, 2015)}""",
        f"ct-{name}-state-2014-15": f"""SELECT denominator, numerator, {_rate(measure, 2015, "ct-sde:CT")}
            {_figures(measure, 2015, unit_types="('state')")}""",
    }


def _graduation(year: int) -> dict[str, str]:
    both = "FILTER (numerator IS NOT NULL AND denominator IS NOT NULL)"
    return {
        f"ct-grad4-{year - 1}-{year % 100}": f"""SELECT count(*), sum(numerator) {both}, sum(denominator) {both},
            sum(numerator) {both} / sum(denominator) {both}, count(*) {both}, {_cities("graduation_4_year", year)}
            {_figures("graduation_4_year", year)}"""
    }


def _college(year: int) -> dict[str, str]:
    def marked(measure: str) -> str:
        return f"(SELECT count(*) FILTER (value_marker = '*') {_figures(measure, year)})"

    return {
        f"ct-college-{year - 1}-{year % 100:02}": f"""SELECT count(*), {marked("college_enrollment_first_fall")},
            {marked("college_persistence")}, {_rate("college_enrollment_first_fall", year, _HARTFORD)},
            {_rate("college_persistence", year, _HARTFORD)} {_figures("college_enrollment_first_fall", year)}"""
    }


def _enrollment(year: int) -> dict[str, str]:
    return {
        f"ct-enrollment-{year - 1}-{year % 100}": f"""SELECT (SELECT value {_figures("enrollment_count", year, unit_types="('state')")}),
            sum(value), count(*) FILTER (value_marker = '*') {_figures("enrollment_count", year)}"""
    }


def _kindergarten(year: int) -> dict[str, str]:
    return {
        f"ct-kei-literacy-{year - 1}-{year % 100:02}": f"""SELECT count(*), sum(denominator),
            100 * sum(value * denominator) / sum(denominator) {_figures("kindergarten_readiness", year, definition="CT_KEI_LITERACY")}"""
    }


CASES: dict[str, str] = {
    "ct-chronic-school-2014-15": f"""SELECT count(*), count(*) FILTER (value_marker = '*'), count(*) FILTER (value >= 0.20)
        {_figures("chronic_absence_rate", 2015, unit_types="('school')")}"""
}
for _year in _CHRONIC_YEARS.values():
    CASES |= _chronic(_year)
for _measure in ("grade3_reading", "grade8_math"):
    CASES |= _tested(_measure)
for _year in (2011, 2013, 2014):
    CASES |= _graduation(_year)
for _year in (2007, 2008, 2009, 2012, 2013):
    CASES |= _college(_year)
for _year in (2012, 2013, 2014, 2015):
    CASES |= _enrollment(_year)
for _year in (2009, 2012):
    CASES |= _kindergarten(_year)
