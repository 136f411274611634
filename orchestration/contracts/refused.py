"""Columns that are never taken, whatever a contract says: passwords and social security numbers.

Belongs here: what such a column is called. Does not belong here: refusing a contract (check.py) or a file (ingestion/header.py).
"""

import re
from itertools import pairwise

_WORDS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+|#")
_SECRETS = {"pwd", "passwd", "passcode", "passphrase", "secret", "secrets", "ssn", "ssns"}
_NUMBER = {"number", "num", "no", "nbr", "nr", "id", "#"}


def is_refused(header: str) -> bool:
    """Does this header, or the last part of this path, look like a password or a social security number?"""
    words = [word.lower() for word in _WORDS.findall(header)]
    whole = "".join(words)
    if "password" in whole or "passwd" in whole or "socialsecurity" in whole or whole.endswith("pwd"):
        return True
    if _SECRETS & set(words):
        return True
    pairs = set(pairwise(words))
    return any(("ss", number) in pairs for number in _NUMBER)
