from __future__ import annotations

from pathlib import Path

import pytest

from lambwsgi.package.proof.sample import lambda_variables
from lambwsgi.settings.model import StageSettings


def test_a_proof_reads_no_secrets_but_takes_what_this_machine_has(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MAIL_KEY", "mine")
    monkeypatch.setenv("PLAIN", "not wanted")
    settings = StageSettings(
        project="shop",
        stage="dev",
        app="shop:app",
        environment={"MAIL_KEY": "${ssm:/mail}", "TOKEN": "${secret:token}", "PLAIN": "kept"},
    )

    variables = lambda_variables(settings, Path("/var/task"))

    assert (variables["MAIL_KEY"], variables["TOKEN"], variables["PLAIN"]) == ("mine", "${secret:token}", "kept")
    assert "LAMBWSGI_SECRETS" not in variables
