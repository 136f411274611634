"""Contracts: YAML files that say how a source's files look and which feeds they become.

Belongs here: reading and checking contracts and the built-in profiles. Does not belong here: reading deliveries (ingestion).
"""

from orchestration.contracts.errors import ContractError, ContractProblem
from orchestration.contracts.load import load_contract, load_contracts
from orchestration.contracts.model import Contract, Property, Table

__all__ = ["Contract", "ContractError", "ContractProblem", "Property", "Table", "load_contract", "load_contracts"]
