from __future__ import annotations

import re
from pathlib import Path

import pytest

from lambwsgi.settings.errors import SettingsError
from lambwsgi.settings.project import load_project
from lambwsgi.settings.smoke import Check

HEAD = "project: hello\nbase: {app: 'app:app'}\nstages: {dev: {}}\n"
PAGE = Path(__file__).parents[2] / "docs" / "deploying.md"


def checks_of(folder: Path, written: str) -> tuple[Check, ...]:
    (folder / "lambwsgi.yml").write_text(HEAD.replace("dev: {}", f"dev: {{smoke: {written}}}"), "utf-8")
    return load_project(folder / "lambwsgi.yml").pick("dev").smoke


def test_the_example_of_the_page_loads(tmp_path: Path) -> None:
    [example] = re.findall(r"```yaml\nsmoke:\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)
    text = HEAD.replace("stages: {dev: {}}", f"stages:\n  dev:\n    smoke:\n{re.sub('^', '    ', example, flags=re.M)}")
    (tmp_path / "lambwsgi.yml").write_text(text.rstrip() + "\n", "utf-8")

    health, account = load_project(tmp_path / "lambwsgi.yml").pick("dev").smoke

    assert (health.status, health.body) == ((200,), "ok")
    assert (account.status, account.header) == ((302, 303), {"location": "/login"})


@pytest.mark.parametrize(("written", "status"), [("204", (204,)), ("[200, 302]", (200, 302))], ids=["one", "several"])
def test_a_status_is_a_number_or_a_list(tmp_path: Path, written: str, status: tuple[int, ...]) -> None:
    assert checks_of(tmp_path, f"[{{path: /, status: {written}}}]") == (Check(path="/", status=status),)


@pytest.mark.parametrize(
    ("written", "problem"),
    [
        ("[{path: health}]", "dev.smoke.0.path: 'health' is not of the form a path that begins with '/'"),
        ("[{path: /, status: 20}]", "dev.smoke.0.status: a status is a number from 100 to 599"),
        ("[{path: /, status: []}]", "dev.smoke.0.status: a status is a number from 100 to 599"),
        ("[{path: /, bdy: ok}]", "dev.smoke.0.bdy: unknown setting 'bdy'; did you mean 'body'?"),
        ("[{body: ok}]", "dev.smoke.0.path: is missing"),
    ],
)
def test_what_is_wrong_with_a_check_is_told_where_it_stands(tmp_path: Path, written: str, problem: str) -> None:
    with pytest.raises(SettingsError) as caught:
        checks_of(tmp_path, written)

    [found] = caught.value.problems
    assert f"{found.key}: {found.message}".startswith(problem)
