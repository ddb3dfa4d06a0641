"""The store of unpacked code."""

from __future__ import annotations

from pathlib import Path

import pytest

from lambwsgi.deploy.aws.calls import Aws
from lambwsgi.deploy.embedded.code_store import CodeStore
from lambwsgi.local.errors import LocalError
from lambwsgi.settings.model import StageSettings


def test_a_closed_store_writes_nothing_more(settings: StageSettings, tmp_path: Path) -> None:
    codes = CodeStore(Aws(region="eu-west-1", endpoint_url="http://127.0.0.1:9"), settings, tmp_path)

    codes.close()

    with pytest.raises(LocalError, match="is being taken down"):
        codes.version("1")
    assert list(tmp_path.iterdir()) == []
