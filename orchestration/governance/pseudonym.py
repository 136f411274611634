"""Pseudonyms: every recipient knows a child under a name of its own, so that two extracts cannot be joined.

Belongs here: keys of recipients in a folder of their own, and the SQL that makes tokens with them. Does not belong here: what is handed
out, or to whom. A token is HMAC-SHA-256 of the random person_id under 32 random bytes (RFC 2104): without the key nobody can make it
from anything they know of the child. Losing a key ends the join between a recipient's old and new extracts, and nothing else.
"""

import re
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import duckdb

KEY_BYTES = 32
_BLOCK = 64
_RECIPIENT = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")
_FILE = re.compile(r"(\d{4})-([0-9a-f]{12})\.key")


class KeyFolderError(Exception):
    """A folder that must not hold keys, or a key that is not there or is open to others."""


@dataclass(frozen=True)
class Key:
    """A recipient's key. `key_id` stands beside every token and says nothing about the key; `secret` is never shown."""

    recipient: str
    key_id: str
    path: Path

    def secret(self) -> bytes:
        """Raises KeyFolderError where the file is gone, damaged or readable by others."""
        try:
            if self.path.stat().st_mode & 0o077:
                raise KeyFolderError(f"{self.path} can be read by others than the hub: chmod 600, and rotate the key if anyone did")
            found = bytes.fromhex(self.path.read_text(encoding="ascii"))
        except FileNotFoundError:
            msg = f"key {self.key_id} of {self.recipient} is gone: it was destroyed, or this is another key folder"
            raise KeyFolderError(msg) from None
        except ValueError:
            raise KeyFolderError(f"{self.path} is damaged: restore it from the safe copy, or rotate the key") from None
        if len(found) != KEY_BYTES:
            raise KeyFolderError(f"{self.path} is damaged: restore it from the safe copy, or rotate the key")
        return found


@dataclass(frozen=True)
class KeyFolder:
    """`folder` with one folder per recipient; it may lie in none of `outside` (the warehouse, the repository)."""

    folder: Path
    outside: tuple[Path, ...]

    def __post_init__(self) -> None:
        place = self.folder.expanduser().resolve()
        for other in (path.expanduser().resolve() for path in self.outside):
            if place == other or other in place.parents:
                raise KeyFolderError(f"the key folder {place} lies inside {other}: whoever gets a copy of that would get the keys too")

    def current(self, recipient: str) -> Key:
        """The recipient's newest key; its first one is made here."""
        keys = self.keys(recipient)
        return keys[-1] if keys else self.rotate(recipient)

    def rotate(self, recipient: str) -> Key:
        """Make a new key; extracts from now on cannot be joined to earlier ones. The old key stays until it is destroyed."""
        place = self._place(recipient)
        for made in (self.folder.expanduser(), place):
            made.mkdir(parents=True, exist_ok=True, mode=0o700)
            made.chmod(0o700)
        number = max((int(file.name[:4]) for file in place.iterdir() if file.name[:4].isdigit()), default=0) + 1
        path = place / f"{number:04}-{secrets.token_hex(6)}.key"
        path.touch(mode=0o600, exist_ok=False)
        path.write_text(secrets.token_hex(KEY_BYTES), encoding="ascii")
        return self._key(recipient, path)

    def keys(self, recipient: str) -> list[Key]:
        """All keys that are still there, the oldest first."""
        place = self._place(recipient)
        files: Iterable[Path] = place.iterdir() if place.is_dir() else ()
        return [self._key(recipient, file) for file in sorted(files) if _FILE.fullmatch(file.name)]

    def recipients(self) -> list[str]:
        """Who has or had a key."""
        place = self.folder.expanduser()
        return (
            sorted(entry.name for entry in place.iterdir() if entry.is_dir() and _RECIPIENT.fullmatch(entry.name)) if place.is_dir() else []
        )

    def history(self, recipient: str) -> dict[str, str]:
        """key_id → "in use", "kept" (for extracts made with it) or "destroyed <when>", the oldest first."""
        files = {file.stem[5:]: file for file in sorted(self._place(recipient).iterdir()) if file.suffix in (".key", ".destroyed")}
        newest = next(iter(reversed(self.keys(recipient))), None)
        told = {}
        for key_id, file in files.items():
            gone = file.suffix == ".destroyed"
            in_use = newest is not None and key_id == newest.key_id
            told[key_id] = f"destroyed {file.read_text(encoding='ascii')}" if gone else "in use" if in_use else "kept"
        return told

    def destroy(self, recipient: str, key_id: str) -> None:
        """Make a key unusable for ever: nobody can make or check its tokens again. Its id and the day stay as proof."""
        key = next((key for key in self.keys(recipient) if key.key_id == key_id), None)
        if key is None:
            raise KeyFolderError(f"{recipient} has no key {key_id}")
        key.path.write_text("0" * KEY_BYTES * 2, encoding="ascii")
        proof = key.path.with_suffix(".destroyed")
        key.path.replace(proof)
        proof.write_text(datetime.now(UTC).isoformat(timespec="seconds"), encoding="ascii")

    def _place(self, recipient: str) -> Path:
        if not _RECIPIENT.fullmatch(recipient):
            raise KeyFolderError("a recipient is named in lower-case letters, digits, - and _")
        return self.folder.expanduser() / recipient

    @staticmethod
    def _key(recipient: str, path: Path) -> Key:
        return Key(recipient, path.stem[5:], path)


def pseudonymise(con: duckdb.DuckDBPyConnection, source: str, target: str, key: Key, column: str = "person_id") -> None:
    """Create temp table `target`: `source` with `column` replaced by key_id and token; rows without a person are left out.

    Rows come in the order of their tokens, so that not even the order joins two extracts. The key goes in as a parameter: no SQL text,
    and so no log and no message, ever holds it.
    """
    padded = key.secret().ljust(_BLOCK, b"\0")
    token = f"sha256($outer::BLOB || unhex(sha256($inner::BLOB || encode({column}::VARCHAR))))"
    con.execute(
        f"""CREATE OR REPLACE TEMP TABLE {target} AS
        SELECT $key_id::VARCHAR AS key_id, {token} AS token, * EXCLUDE ({column}) FROM {source}
        WHERE {column} IS NOT NULL ORDER BY token""",
        {"key_id": key.key_id, "inner": bytes(b ^ 0x36 for b in padded), "outer": bytes(b ^ 0x5C for b in padded)},
    )
