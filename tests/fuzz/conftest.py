"""The figures of a fuzz run: deliveries by profile and what came of them."""

from collections import Counter

import pytest


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    figures: dict[str, Counter[str]] = {}
    for report in [report for kind in ("passed", "failed") for report in terminalreporter.stats.get(kind, [])]:
        for name, value in report.user_properties:
            if name == "fuzz":
                figures[value[0]] = Counter(value[1])
    if not figures:
        return
    terminalreporter.section("damaged deliveries")
    for name, outcomes in sorted(figures.items()):
        rules = ", ".join(f"{rule} {count}" for rule, count in outcomes.most_common() if rule != "accepted")
        terminalreporter.line(f"{outcomes.total():7,}  {name}: {outcomes['accepted']} accepted; {rules}")
    terminalreporter.line(f"{sum(outcomes.total() for outcomes in figures.values()):7,}  altogether")
