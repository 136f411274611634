"""Ingestion: from files in the inbox to typed rows in the raw folder, every row accounted for.

Belongs here: deliveries, reading, rejecting, the ledger. Does not belong here: how files look (contracts), what rows mean (dbt).
Needs no database until the ledger is built.
"""

from orchestration.ingestion.force import Standing, standings, statuses
from orchestration.ingestion.inbox import InboxDelivery, InboxScan, scan_inbox
from orchestration.ingestion.ledger import LedgerSummary, build_ledger
from orchestration.ingestion.record import DeliveryRecord, read_records
from orchestration.ingestion.scan import Counts
from orchestration.ingestion.source import SourceIngest, ingest_source

__all__ = [
    "Counts",
    "DeliveryRecord",
    "InboxDelivery",
    "InboxScan",
    "LedgerSummary",
    "SourceIngest",
    "Standing",
    "build_ledger",
    "ingest_source",
    "read_records",
    "scan_inbox",
    "standings",
    "statuses",
]
