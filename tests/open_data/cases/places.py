"""Places: census estimates and libraries of Connecticut, after-school capacity of Houston's ZIP codes."""

_CONTEXT = "core.fct_community_context"


def _town(statistic: str, period: str, name: str) -> str:
    return (
        f"""(SELECT value FROM {_CONTEXT} WHERE statistic_id = '{statistic}' AND period = '{period}' AND unit_name LIKE '{name} town,%')"""
    )


def _library(statistic: str, column: str) -> str:
    return f"(SELECT {column} FROM {_CONTEXT} WHERE statistic_id = '{statistic}' AND period = '2018')"


def _disconnected(vintage: str, period: str) -> dict[str, str]:
    """Not enrolled and unemployed, or not in the labour force: four groups of each sex."""
    youth = ", ".join(f"'B14005_0{number}'" for number in (10, 11, 14, 15, 24, 25, 28, 29))
    rates = f"""SELECT unit_type, unit_name, sum(value) FILTER (statistic_id IN ({youth})) AS disconnected,
            sum(value) FILTER (statistic_id = 'B14005_001') AS youth
        FROM {_CONTEXT} WHERE statistic_id LIKE 'B14005_%' AND period = '{period}' GROUP BY ALL"""
    return {
        f"acs-disconnected-{vintage}": f"""WITH rates AS ({rates}),
            state AS (SELECT *, disconnected / youth AS rate FROM rates WHERE unit_type = 'state'),
            town AS (SELECT *, disconnected / youth AS rate FROM rates WHERE unit_name LIKE 'Hartford town,%')
            SELECT (SELECT count(*) FROM rates), state.disconnected, state.youth, state.rate, town.disconnected, town.youth, town.rate
            FROM state CROSS JOIN town"""
    }


CASES: dict[str, str] = {
    "acs-income": f"""SELECT count(*), count(*) FILTER (value_marker = '-'), {_town("B19013", "2012-2016", "Hartford")},
        {_town("B19013", "2012-2016", "New Haven")}, {_town("B19013", "2012-2016", "Bridgeport")}
        FROM {_CONTEXT} WHERE statistic_id = 'B19013' AND period = '2012-2016'""",
    "acs-income-black": f"SELECT count(*) FROM {_CONTEXT} WHERE statistic_id = 'B19013B' AND period = '2012-2016' AND value_marker = '-'",
    # the sheet's rows below its header: 4,165 library years, the filter's hint, four empty rows
    "lib": f"""SELECT (SELECT lines FROM governance.delivery_file WHERE source = 'ct-community' AND table_name = 'library'),
        {_library("library_programs", "count(DISTINCT unit_id)")}, {_library("library_programs", "sum(value)")},
        {_library("library_program_attendance", "sum(value)")}""",
    "hou": f"""SELECT count(DISTINCT unit_id), sum(value) FILTER (statistic_id = 'programs'), sum(value) FILTER (statistic_id = 'students'),
        sum(value) FILTER (statistic_id = 'slots') FROM {_CONTEXT} WHERE source = 'partner-houston-afterschool' AND unit_type = 'zip'""",
    **_disconnected("16", "2012-2016"),
    **_disconnected("17", "2013-2017"),
}
