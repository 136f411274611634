"""Where things are and how the hub runs: the only reader, and the only writer, of environment variables.

Belongs here: the two folders, the paths inside them, knobs with their defaults, what child processes are told.
Does not belong here: anything a party agreed to (contracts) or a measure depends on (seeds).
"""

import os
from functools import cache
from pathlib import Path

from pydantic import Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from orchestration.governance.pseudonym import KeyFolder
from orchestration.limits import Limits

PROJECT_ROOT = Path(__file__).resolve().parent.parent
DBT_PROJECT_DIR = PROJECT_ROOT / "dbt_project"


class Settings(BaseSettings):
    """Every field can be set as DATADRIVES_<NAME>."""

    model_config = SettingsConfigDict(env_prefix="DATADRIVES_", frozen=True)

    landing: Path = Field(PROJECT_ROOT / "raw_landing", description="contracts, agreements and the inbox")
    home: Path = Field(
        PROJECT_ROOT / "warehouse", description="what the hub makes; rebuilt from the inbox, but for identity/decisions.jsonl"
    )
    engine: str = Field("duckdb", description="dbt target")
    log_level: str = Field("WARNING", description="of the console; the log file always has INFO")
    memory_limit: str = Field("2GB", description="for each DuckDB connection; it spills to disk beyond")
    threads: int = Field(default_factory=lambda: os.cpu_count() or 2, ge=1, description="for each DuckDB connection")
    timezone: str = Field("America/New_York", description="of the nightly schedule")
    schedule: str = Field("0 2 * * *", description="cron line of the nightly refresh")
    settle_seconds: float = Field(10, ge=0, description="a delivery is read once its files have not changed for so long")
    keep_versions: int = Field(5, ge=1, description="published versions kept for going back")

    max_archive_bytes: int = Field(Limits.max_archive_bytes, ge=1, description="all that the archives of one delivery may unpack to")
    max_archive_ratio: int = Field(Limits.max_archive_ratio, ge=1, description="unpacked size of an archive against its packed size")
    max_files: int = Field(Limits.max_files, ge=1, description="files of one delivery")
    max_field_bytes: int = Field(Limits.max_field_bytes, ge=1, description="one cell of a delivered file")
    max_columns: int = Field(Limits.max_columns, ge=1, description="columns of one delivered file")
    max_sheet_cells: int = Field(Limits.max_sheet_cells, ge=1, description="filled cells of one sheet of a workbook")

    identity_max_merged_share: float = Field(0.05, ge=0, le=1, description="a night that merges more of the children than this stops")
    identity_max_split_share: float = Field(0.02, ge=0, le=1, description="a night that splits more of the children than this stops")
    identity_accept_changes: bool = Field(False, description="let such a night through, once somebody has looked at it")

    review_password: SecretStr | None = Field(None, description="encrypts workbooks of review, and opens them again")

    keys: Path = Field(Path("~/.datadrives/keys"), description="keys of pseudonyms; neither in the home folder nor in the repository")

    @field_validator("landing", "home", "keys", mode="after")
    @classmethod
    def _absolute(cls, path: Path) -> Path:
        """Child processes run in other folders, so a relative path is pinned to the caller's at once."""
        return path.expanduser().resolve()

    @property
    def contracts_dir(self) -> Path:
        return self.landing / "contracts"

    @property
    def inbox(self) -> Path:
        return self.landing / "inbox"

    @property
    def raw_dir(self) -> Path:
        return self.home / "raw"

    @property
    def warehouse_path(self) -> Path:
        return self.home / "warehouse.duckdb"

    @property
    def candidate_dir(self) -> Path:
        return self.home / "candidate"

    @property
    def published_dir(self) -> Path:
        return self.home / "published"

    @property
    def reports_dir(self) -> Path:
        return self.home / "reports"

    @property
    def identity_dir(self) -> Path:
        """Trained models, whose numbers say nothing about a child, and what people have decided about records."""
        return self.home / "identity"

    @property
    def dagster_home(self) -> Path:
        return self.home / "dagster"

    @property
    def limits(self) -> Limits:
        """How much of anything a delivery may hold."""
        return Limits(
            max_archive_bytes=self.max_archive_bytes,
            max_archive_ratio=self.max_archive_ratio,
            max_files=self.max_files,
            max_field_bytes=self.max_field_bytes,
            max_columns=self.max_columns,
            max_sheet_cells=self.max_sheet_cells,
        )

    @property
    def key_folder(self) -> KeyFolder:
        """Raises KeyFolderError where the keys would lie beside what they protect."""
        return KeyFolder(self.keys, outside=(self.home, PROJECT_ROOT))

    @property
    def dbt_dir(self) -> Path:
        """Manifest, compiled SQL and logs of dbt: per home, so that two homes never share state."""
        return self.home / "dbt"


@cache
def get_settings() -> Settings:
    return Settings()


def prepare_environment(settings: Settings) -> None:
    """Tell this process and its children (dbt, Dagster's servers) where things are, and that nobody phones home."""
    os.environ.update(
        {
            "DATADRIVES_LANDING": str(settings.landing),
            "DATADRIVES_HOME": str(settings.home),
            "DATADRIVES_WAREHOUSE": str(settings.warehouse_path),
            "DATADRIVES_MEMORY_LIMIT": settings.memory_limit,
            "DATADRIVES_MEASURES": " ".join(_measures()),
            "DBT_LOG_PATH": str(settings.dbt_dir / "logs"),
            "DBT_PROFILES_DIR": str(DBT_PROJECT_DIR),
            "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
            "DBT_TARGET_PATH": str(settings.dbt_dir / "target"),
            "DO_NOT_TRACK": "1",
        }
    )


def _measures() -> list[str]:
    """Names of all measures: dbt needs the list while it parses, before it has seen the files itself."""
    kinds = ("shared", "collaborative", "individual")
    return sorted(file.stem for kind in kinds for file in (DBT_PROJECT_DIR / "models" / "measures" / kind).glob("*.sql"))
