"""The dbt project against itself and against the feeds: its own unit tests, and what is written in both places.

Does not belong here: numbers of real or invented data (tests/pipeline, tests/open_data).
"""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from jinja2 import Environment
from ruamel.yaml import YAML

from orchestration.feeds import CODE_LISTS, FEEDS, Feed
from orchestration.settings import DBT_PROJECT_DIR
from tests.support.dbt_warehouse import DbtWarehouse

STAGING = DBT_PROJECT_DIR / "models" / "staging"
ADDED = {"student_id_issuer", "party_id", "source", "delivery_id", "as_of"}


def test_unit_tests_of_the_models_pass(tmp_path: Path) -> None:
    warehouse = DbtWarehouse.create(tmp_path)
    # unit tests read the types of parent relations, so those must exist
    warehouse.dbt("build", "--empty", "--exclude-resource-type", "unit_test", "test")
    warehouse.dbt("test", "--select", "test_type:unit")


def test_code_lists_of_the_tests_are_those_of_the_feeds() -> None:
    said: list[dict[str, list[str]]] = []
    keep: Callable[[Any], None] = said.append
    Environment(autoescape=True).from_string(
        (DBT_PROJECT_DIR / "macros" / "standard_codes.sql").read_text() + "{{ standard_codes() }}", globals={"return": keep}
    ).render()
    assert said == [{name: list(codes) for name, codes in CODE_LISTS.items()}]


@pytest.mark.parametrize("feed", FEEDS.values(), ids=lambda feed: feed.name)
def test_staging_model_has_the_columns_and_key_of_its_feed(feed: Feed) -> None:
    sql = (STAGING / f"stg_{feed.name}.sql").read_text()
    selected = re.findall(r"^    (?:.* as )?(\w+),?$", sql[sql.index("select\n") :], re.MULTILINE)
    assert [column for column in selected if column not in ADDED] == list(feed.by_name)
    key = re.search(r"key=\[(.*?)\]", sql, re.DOTALL)
    assert tuple(re.findall(r"'(\w+)'", key.group(1) if key else "")) == feed.key
    assert ("students=true" in sql) == ("student_id" in feed.by_name)


@pytest.mark.parametrize("feed", FEEDS.values(), ids=lambda feed: feed.name)
def test_staging_yaml_documents_and_checks_its_feed(feed: Feed) -> None:
    (model,) = YAML(typ="safe").load(STAGING / f"stg_{feed.name}.yml")["models"]
    described = {column["name"]: column["description"] for column in model["columns"] if column["name"] not in ADDED}
    assert described == {column.name: column.element for column in feed.columns}
    codes = {column.name: column.codes for column in feed.columns if column.codes}
    checked = [test["standard_codes"]["arguments"]["columns"] for test in model.get("data_tests", [])]
    assert checked == ([codes] if codes else [])
