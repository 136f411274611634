"""Built-in profiles: whole contracts that a source's own contract names, overrides and extends.

Belongs here: finding a profile and merging it under a contract. Does not belong here: what the merged parts mean (load.py).
"""

from pathlib import Path

from orchestration.contracts import odcs
from orchestration.contracts.errors import ContractError
from orchestration.contracts.odcs import ContractPart, Extras, TablePart

PROFILES = Path(__file__).parent / "profiles"
_DEPTH = 4


def with_profile(own: ContractPart, depth: int = 0) -> ContractPart:
    """The contract with the parts of the profile it names below its own: an own extra, table part or property of the same name wins."""
    name = own.extras.values.get("profile")
    if name is None:
        return own
    place = own.extras.places["profile"]
    file = PROFILES / f"{name}.yaml"
    if not file.is_file():
        known = ", ".join(sorted(p.stem for p in PROFILES.glob("*.yaml")))
        raise ContractError([place.problem(f"no such profile {name!r}; known: {known}")])
    if depth == _DEPTH:
        raise ContractError([place.problem("profiles name each other in a circle; take one of the names out")])
    base = with_profile(odcs.read(file), depth + 1)
    tables = dict(base.tables)
    for table_name, table in own.tables.items():
        tables[table_name] = _merged(base.tables[table_name], table) if table_name in base.tables else table
    return ContractPart(own.document, own.data, _over(base.extras, own.extras), tables)


def _merged(base: TablePart, own: TablePart) -> TablePart:
    extras = _over(base.extras, own.extras)
    if "physicalName" in own.data and "files" not in own.extras.values:
        extras.values.pop("files", None)
    return TablePart({**base.data, **own.data}, extras, own.place, {**base.properties, **own.properties})


def _over(base: Extras, own: Extras) -> Extras:
    return Extras({**base.values, **own.values}, {**base.places, **own.places})
