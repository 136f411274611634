"""YAML with line numbers, so that an error can name the line of the field it is about.

Does not belong here: what the keys mean (model.py, load.py).
"""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.error import MarkedYAMLError

from orchestration.contracts.errors import ContractError, ContractProblem

_UNQUOTED = "this key is read as a number or a word of YAML and would lose its own text (000000 becomes 0); put it in quotation marks"
Location = Sequence[str | int]


class Document:
    """A parsed YAML file; `data` is plain dicts and lists, `line(path)` the 1-based line of a key or item."""

    def __init__(self, file: Path) -> None:
        self.file = file
        try:
            self._tree = YAML(typ="rt").load(file.read_text(encoding="utf-8-sig"))
        except MarkedYAMLError as error:
            line = error.problem_mark.line + 1 if error.problem_mark else 1
            raise ContractError([ContractProblem(file, line, "yaml", f"not readable as YAML: {error.problem}")]) from None
        except UnicodeDecodeError:
            raise ContractError([ContractProblem(file, 1, "yaml", "the file is not UTF-8; save it as UTF-8")]) from None
        if not isinstance(self._tree, CommentedMap):
            raise ContractError([ContractProblem(file, 1, "yaml", "a contract is a mapping; start with apiVersion: v3.1.0")])
        if unquoted := [ContractProblem(file, line, "yaml", _UNQUOTED) for line in _unquoted_keys(self._tree)]:
            raise ContractError(unquoted)
        self.data: dict[str, Any] = _plain(self._tree)

    def line(self, path: Location) -> int:
        """Line of the deepest part of `path` that exists in the file."""
        node: Any = self._tree
        line = 1
        for part in path:
            try:
                position = node.lc.key(part) if isinstance(node, CommentedMap) else node.lc.item(part)
                node = node[part]
            except (AttributeError, KeyError, IndexError, TypeError):
                break
            line = position[0] + 1
        return line

    def problem(self, path: Location, message: str) -> ContractProblem:
        field = ".".join(str(part) for part in path) or "contract"
        return ContractProblem(self.file, self.line(path), field, message)


def _unquoted_keys(node: Any) -> Iterator[int]:
    """Lines of keys whose text is more than the value YAML makes of it: leading zeros, octal, decimals, true, null."""
    if isinstance(node, CommentedMap):
        for key, value in node.items():
            if not isinstance(key, str) and type(key) is not int:
                yield node.lc.key(key)[0] + 1
            yield from _unquoted_keys(value)
    elif isinstance(node, CommentedSeq):
        for item in node:
            yield from _unquoted_keys(item)


def _plain(node: Any) -> Any:
    if isinstance(node, CommentedMap):
        return {_scalar(key): _plain(value) for key, value in node.items()}
    if isinstance(node, CommentedSeq):
        return [_plain(item) for item in node]
    return _scalar(node)


def _scalar(node: Any) -> Any:
    """Turn ruamel's own scalar types into plain ones."""
    for kind in (bool, int, float, str):
        if isinstance(node, kind):
            return kind(node)
    return node
