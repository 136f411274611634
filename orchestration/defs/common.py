"""What every stage shares: the pool of the one writer, the lock of the one refresh, and how data problems end a run.

Does not belong here: anything one stage alone needs.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

import dagster as dg

from orchestration.lock import RefreshRunningError, refresh_lock
from orchestration.settings import Settings
from orchestration.warehouse import WarehouseBusyError, row_counts

# One writer of warehouse.duckdb at a time (dagster.yaml: pool limit 1).
WAREHOUSE_POOL = "warehouse"
LOCK = "refresh_lock"
_WAIT_FOR_OTHER_REFRESH_SECONDS = 3600


def lock_resource(settings: Settings) -> dg.ResourceDefinition:
    """Held from the first step to the last: a run from the interface or the schedule waits for one from the CLI."""

    @contextmanager
    def hold(_: dg.InitResourceContext) -> Iterator[None]:
        with refresh_lock(settings.home, wait_seconds=_WAIT_FOR_OTHER_REFRESH_SECONDS):
            yield

    return dg.ResourceDefinition(resource_fn=hold)


@contextmanager
def failing_clearly(*expected: type[Exception]) -> Iterator[None]:
    """Problems of data or contracts end a step with their own sentence, without a stack trace and without retries."""
    known: tuple[type[Exception], ...] = (*expected, RefreshRunningError, WarehouseBusyError)
    try:
        yield
    except known as error:
        raise dg.Failure(description=str(error), allow_retries=False) from None


def built(settings: Settings, specs: Iterable[dg.AssetSpec]) -> Iterator[dg.MaterializeResult[None]]:
    """One result per table just built, with its rows; views have none to count."""
    counts = row_counts(settings)
    for spec in specs:
        schema, table = spec.key.path
        rows = counts.get((schema, table))
        yield dg.MaterializeResult(asset_key=spec.key, metadata={} if rows is None else {"dagster/row_count": rows})
