"""The Django example through every gateway. Django is set up once per process, so the example runs in its own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

FOLDER = Path(__file__).parents[2] / "examples" / "django_app"
JOURNEY = Path(__file__).parent / "django_journey.py"


@pytest.mark.parametrize("gateway", ["function_url", "http_api", "rest_api", "alb", "alb_multi_value"])
def test_notes_admin_upload_and_download(gateway: str, tmp_path: Path) -> None:
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "project.settings",
        "NOTES_DATABASE": str(tmp_path / "notes.sqlite3"),
        "DJANGO_SUPERUSER_PASSWORD": "correct horse",
        "PYTHONPATH": str(FOLDER),
        "PYTHONDONTWRITEBYTECODE": "1",
    }

    done = subprocess.run(
        [sys.executable, "-W", "error", str(JOURNEY), gateway],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stdout + done.stderr
    steps = ["pages", "users", "note", "attachment", "cookie", "json", "static", "admin", "commands"]
    assert done.stdout.split() == steps
