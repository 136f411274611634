"""The page of the settings is what the settings are."""

from pathlib import Path

from orchestration.settings import Settings
from orchestration.settings_page import page


def test_page_is_that_of_today_and_of_no_machine() -> None:
    text = (Path(__file__).resolve().parents[2] / "docs" / "settings.md").read_text(encoding="utf-8")
    assert text == page()
    assert str(Path.home()) not in text


def test_every_setting_says_what_it_is() -> None:
    assert all(field.description for field in Settings.model_fields.values())
