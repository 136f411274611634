"""Publishing: an audited candidate becomes the version that everyone reads, or nothing changes at all.

Belongs here: what must hold before publishing, and the order of the steps. Does not belong here: making the files
(candidate.py), judging them (quality), the folder mechanics (versions.py).
"""

import fcntl
import hashlib
import json
import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from orchestration.publishing.candidate import ANALYST_FILE, CANDIDATE_FILE, PUBLIC_FILE
from orchestration.publishing.files import file_hashes, flush, sha256, write_json
from orchestration.publishing.versions import HIDDEN, RELEASE_FILE, Release, clean, current_release, make_current, prune
from orchestration.quality.receipt import PAPERS, RECEIPT_FILE, read_receipt

KNOWN_FACTS = ("run_id", "git_commit", "dbt_manifest_hash", "fingerprint")


class PublishRefused(Exception):  # noqa: N818
    """Nothing was published, and the current version stays; the message says why."""


def publish(candidate_dir: Path, published_dir: Path, facts: Mapping[str, Any] | None = None, keep: int = 5) -> Release:
    """Make the candidate the current version; returns the release, with `changed` False where its inputs are those of the current one.

    Trusts no earlier step: the receipt must have passed and every file must hash to what the audit read. `facts` complete
    those the candidate was built with. May be interrupted at any point and called again: `current` is one whole version throughout.
    `keep` older versions stay for going back.
    """
    receipt = _passing_receipt(candidate_dir)
    candidate = json.loads((candidate_dir / CANDIDATE_FILE).read_text(encoding="utf-8"))
    facts = _facts(candidate["facts"], facts or {})
    published_dir.mkdir(parents=True, exist_ok=True)
    with _alone(published_dir):
        clean(published_dir)
        current = current_release(published_dir)
        if current and facts["fingerprint"] and current.fingerprint == facts["fingerprint"]:
            return current
        now = datetime.now(UTC)
        version = f"{now:%Y%m%dT%H%M%S}{now.microsecond // 1000:03d}Z-{_short_hash(receipt['files'])}"
        making = published_dir / f"{HIDDEN}{version}"
        _take(candidate_dir, making)
        _verify(making, receipt)
        manifest = {
            "version": version,
            "published_at": now.isoformat(timespec="seconds"),
            "previous": current.version if current else None,
            **facts,
            "built_at": candidate["built_at"],
            "rows": candidate["tables"],
            "analyst_rows": candidate["analyst_tables"],
            "suppressed": candidate["suppressed"],
            "storage_version": candidate["storage_version"],
            "audit": {name: receipt[name] for name in ("verdict", "audited_at", "suites", "counts", "tools")}
            | {"receipt_sha256": sha256(making / RECEIPT_FILE)},
            "files": receipt["files"],
        }
        write_json(making / RELEASE_FILE, manifest)
        flush(making)
        making.rename(published_dir / version)
        flush(published_dir)
        make_current(published_dir, version)
        prune(published_dir, keep)
        return Release(version, published_dir / version, manifest, changed=True)


def _passing_receipt(candidate_dir: Path) -> dict[str, Any]:
    receipt = read_receipt(candidate_dir)
    if receipt is None:
        msg = f"nothing was published: {candidate_dir} has no audit receipt. Run the audit on the candidate first."
        raise PublishRefused(msg)
    if receipt.get("verdict") != "passed":
        failed = [r for r in receipt.get("results", []) if not r["success"] and r["severity"] == "critical"]
        reasons = "; ".join(f"{r['table']}: {r['expectation']} ({r['why']})" for r in failed) or "its receipt says so"
        msg = f"nothing was published: the audit failed. {reasons}"
        raise PublishRefused(msg)
    missing = {PUBLIC_FILE, ANALYST_FILE, CANDIDATE_FILE} - set(receipt.get("files", {}))
    if missing:
        msg = f"nothing was published: the audit has not seen {', '.join(sorted(missing))}. Build and audit the candidate again."
        raise PublishRefused(msg)
    return receipt


def _facts(built: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
    """The candidate's facts with those known only now; its fingerprint cannot be another's."""
    if built.get("fingerprint") and given.get("fingerprint") and built["fingerprint"] != given["fingerprint"]:
        msg = "nothing was published: the candidate was built from other inputs than these. Build and audit it again."
        raise PublishRefused(msg)
    return dict.fromkeys(KNOWN_FACTS) | {k: v for k, v in (*built.items(), *given.items()) if v is not None}


@contextmanager
def _alone(published_dir: Path) -> Iterator[None]:
    """One publisher at a time: a second is refused, for it would clean away what the first is making."""
    handle = os.open(published_dir / ".lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    except BlockingIOError:
        msg = f"nothing was published: another publish into {published_dir} is under way."
        raise PublishRefused(msg) from None
    finally:
        os.close(handle)


def _take(candidate_dir: Path, making: Path) -> None:
    """The candidate's files under a hidden name: links where the disk allows, so that nothing large is copied."""
    making.mkdir(mode=0o755)
    for source in sorted(p for p in candidate_dir.rglob("*") if not p.is_dir()):
        target = making / source.relative_to(candidate_dir)
        target.parent.mkdir(exist_ok=True)
        try:
            target.hardlink_to(source)
        except OSError:
            shutil.copy2(source, target)
            flush(target)
        flush(target.parent)


def _verify(making: Path, receipt: Mapping[str, Any]) -> None:
    """Every file, and no other, hashes to what the audit read."""
    found = file_hashes(making, leave_out=PAPERS)
    changed = sorted(name for name in {*found, *receipt["files"]} if found.get(name) != receipt["files"].get(name))
    if changed:
        msg = f"nothing was published: {', '.join(changed)} changed, came or went after the audit. Build and audit the candidate again."
        raise PublishRefused(msg)


def _short_hash(files: Mapping[str, str]) -> str:
    return hashlib.sha256(json.dumps(files, sort_keys=True).encode()).hexdigest()[:8]
