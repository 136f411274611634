"""Is there anything to do? What lies in the inbox, and what the published version was made of.

Belongs here: the fingerprint of all inputs, the facts kept with a release. Does not belong here: running (the Dagster job).
"""

import hashlib
import json
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from orchestration.contracts import Contract
from orchestration.identity.in_use import matching_in_use
from orchestration.ingestion import InboxDelivery, InboxScan, read_records, scan_inbox, standings
from orchestration.manifest import hash_files, project_hash
from orchestration.publishing.versions import current_release
from orchestration.settings import PROJECT_ROOT, Settings


@dataclass(frozen=True)
class Plan:
    """`new`: deliveries no run has read yet. `changed`: what else differs from the published version, in words."""

    scan: InboxScan
    new: list[InboxDelivery]
    changed: list[str]

    @property
    def due(self) -> bool:
        return bool(self.new or self.changed)


def plan_refresh(settings: Settings, contracts: Mapping[str, Contract], *, wait: bool = True) -> Plan:
    """With `wait`, deliveries still growing get the settle time to finish."""
    scan = scan_inbox(settings.inbox, contracts, settings.settle_seconds, wait=wait)
    read = {
        (record.source, name, stamp, record.contract)
        for record in read_records(settings.raw_dir)
        if record.reading
        for name, stamp in [(record.name, record.stamp), *((again.name, again.stamp) for again in record.also_received)]
    }
    new = [d for d in scan.deliveries if (d.source, d.name, d.stamp, contracts[d.source].hash) not in read]
    return Plan(scan, new, _changed(fingerprint(settings, contracts), published_fingerprint(settings)))


def fingerprint(settings: Settings, contracts: Mapping[str, Contract]) -> dict[str, str]:
    """A hash of everything a published number depends on, by kind: equal hashes, equal numbers."""
    records = read_records(settings.raw_dir)
    became = standings(records)
    # In their order, for that decides too; a decision shows in what became of a delivery.
    ordered = sorted(records, key=lambda r: (r.source, r.position))
    deliveries = [(*r.key, r.reading, r.as_of.isoformat(), became[r.key].status) for r in ordered]
    packages = (PROJECT_ROOT / "orchestration", PROJECT_ROOT / "expectations")
    return {
        "deliveries": _hash(deliveries),
        **matching_in_use(settings.identity_dir),
        "contracts": _hash(sorted((source, contract.hash) for source, contract in contracts.items())),
        "models": project_hash(),
        "code": hash_files(file for package in packages for file in package.rglob("*") if "__pycache__" not in file.parts),
    }


def published_fingerprint(settings: Settings) -> dict[str, str]:
    """That of the current version; empty where nothing is published yet."""
    release = current_release(settings.published_dir)
    return (release.manifest.get("fingerprint") if release else None) or {}


def release_facts(settings: Settings, contracts: Mapping[str, Contract], run_id: str) -> dict[str, Any]:
    """What release.json says about how the version came to be."""
    manifest = settings.dbt_dir / "manifest" / "manifest.json"
    return {
        "run_id": run_id,
        "git_commit": _git_commit(),
        "dbt_manifest_hash": hashlib.sha256(manifest.read_bytes()).hexdigest(),
        "fingerprint": fingerprint(settings, contracts),
    }


def _changed(now: Mapping[str, str], then: Mapping[str, str]) -> list[str]:
    return [kind for kind, value in now.items() if then.get(kind) != value]


def _hash(items: Sequence[tuple[str, ...]]) -> str:
    return hashlib.sha256(json.dumps(items).encode()).hexdigest()


def _git_commit() -> str | None:
    """None outside a git work tree (an unpacked archive, a container)."""
    command = ["git", "-C", str(PROJECT_ROOT), "rev-parse", "HEAD"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        return None
    return done.stdout.strip() if done.returncode == 0 else None
