"""Review: people answer what the evidence leaves open, two records at a time.

Belongs here: which pairs are asked, how they are shown (workbook, page), what an answer becomes, how far two readers agree.
Does not belong here: what follows from a decision (night.py), the rule that two decisions may not contradict (decisions.py).
Names and birth dates are shown to the reviewer and to nobody else: files are mode 0600, the page is on loopback, nothing is logged.
"""

from orchestration.identity.review.agreement import Agreement, agreement
from orchestration.identity.review.answers import Given, NotAskedError, give, take_back
from orchestration.identity.review.queue import review_pairs, review_tasks
from orchestration.identity.review.tasks import Candidate, Record, Task, open_tasks

__all__ = [
    "Agreement",
    "Candidate",
    "Given",
    "NotAskedError",
    "Record",
    "Task",
    "agreement",
    "give",
    "open_tasks",
    "review_pairs",
    "review_tasks",
    "take_back",
]
