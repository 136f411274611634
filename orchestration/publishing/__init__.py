"""Publishing: from the private build file to a whole version that anyone may open.

Belongs here: candidate files (candidate.py), what may be published (tables.py), versions and the pointer to the
current one (release.py, versions.py). Does not belong here: disclosure rules, the audit, the schedule.
"""
