"""What headers, codes and file names usually mean: synonyms.yaml, folded and ready to be asked.

Does not belong here: the words themselves (synonyms.yaml), or what is made of an answer (match.py).
"""

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

_SOURCE = Path(__file__).parent / "synonyms.yaml"
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")


def fold(text: str) -> str:
    """A header or code as compared: words in small letters; 'FirstName', 'FIRST_NAME' and 'First Name' are one."""
    spaced = _CAMEL.sub(" ", re.sub(r"__c$", "", text.strip()))
    return " ".join(re.sub(r"[^a-z0-9%#]+", " ", spaced.lower().replace("'", "")).split())


@dataclass(frozen=True)
class FeedWords:
    """How one feed is recognised: `needs` are groups of columns of which one must be in the file, `excludes` columns that must not;
    `yearly`: one row per student and year, so enrolment and groups may stand in the same file."""

    words: tuple[str, ...]
    needs: tuple[tuple[str, ...], ...]
    excludes: frozenset[str]
    yearly: bool
    columns: dict[str, tuple[str, ...]]


@dataclass(frozen=True)
class Flag:
    """A program-status group with a column of its own."""

    group: str
    headers: tuple[str, ...]
    without: str | None
    codes: dict[str, str]


class Vocabulary:
    """The words of synonyms.yaml."""

    def __init__(self, data: dict[str, Any]) -> None:
        self.generic = frozenset(map(str, data["generic"]))
        self._owners = tuple(data["owners"])
        self._never = [re.compile(word[1:]) for word in data["never"]]
        self._not_needed = [(re.compile(word[1:]), why) for word, why in data["not_needed"].items()]
        self.shared: dict[str, tuple[str, ...]] = {name: tuple(map(str, words)) for name, words in data["columns"].items()}
        self.feeds = {name: _feed_words(entry) for name, entry in data["feeds"].items()}
        self.flags = [
            Flag(group, tuple(map(str, entry["headers"])), entry.get("without"), entry.get("codes", {}))
            for group, entry in data["flags"].items()
        ]
        self.named_after_a_code: dict[str, dict[str, dict[str, str]]] = data["named_after_a_code"]
        self.yes = frozenset(data["yes"])
        self.no = frozenset(data["no"])
        self.markers = frozenset(data["markers"])
        self._codes = {
            name: {str(word): str(code) for code, words in reversed(codes.items()) for word in words}
            for name, codes in data["codes"].items()
        }
        self.measures = {name: [re.compile(word[1:]) for word in words] for name, words in data["measures"].items()}

    def never(self, header: str) -> bool:
        """Passwords and social security numbers, under any spelling."""
        return any(pattern.search(fold(header)) for pattern in self._never)

    def not_needed(self, header: str) -> str | None:
        """Why a column is left out though a feed might take it."""
        return next((why for pattern, why in self._not_needed if pattern.search(fold(header))), None)

    def fit(self, header: str, words: tuple[str, ...]) -> float:
        """How surely the header is one of the words: 1 at most, 0 not at all; earlier words are surer."""
        folded = fold(header)
        best = 0.0
        for text, weight in ((folded, 1.0), (self._without_owner(folded), 0.9)):
            for place, word in enumerate(words):
                fits = re.search(word[1:], text) is not None if word.startswith("~") else text == word
                if fits and text:
                    best = max(best, weight - 0.005 * place)
                    break
        return best

    def standard_code(self, code_list: str, text: str) -> str | None:
        """The standard code a local one most likely means."""
        known = self._codes.get(code_list, {})
        found = known.get(fold(text)) or known.get(text.strip().lower())
        _, colon, after = text.rpartition(":")
        return self.standard_code(code_list, after) if found is None and colon and fold(after) not in self.yes | self.no else found

    def flag_answer(self, flag: Flag, text: str) -> str | None:
        """'yes' or 'no' where the text says so."""
        folded = text.strip().lower()
        return flag.codes.get(fold(text)) or ("yes" if folded in self.yes else "no" if folded in self.no else None)

    def measure(self, *texts: str) -> str | None:
        """The measure of the catalogue that the texts speak of."""
        joined = " ".join(fold(text) for text in texts)
        return next((name for name, patterns in self.measures.items() if any(pattern.search(joined) for pattern in patterns)), None)

    def _without_owner(self, folded: str) -> str:
        first, _, rest = folded.partition(" ")
        return rest if first in self._owners else ""


def _feed_words(entry: dict[str, Any]) -> FeedWords:
    return FeedWords(
        tuple(entry["words"]),
        tuple(tuple(group) for group in entry["needs"]),
        frozenset(entry.get("excludes", ())),
        bool(entry.get("yearly")),
        {name: tuple(map(str, words)) for name, words in entry["columns"].items()},
    )


@cache
def vocabulary() -> Vocabulary:
    return Vocabulary(YAML(typ="safe").load(_SOURCE.read_text(encoding="utf-8")))
