"""The page about settings is true: its example loads, its table is complete, its messages are the real ones."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from lambwsgi.settings.errors import SettingsError
from lambwsgi.settings.gateways import LACKS
from lambwsgi.settings.model import StageSettings
from lambwsgi.settings.project import load_project
from lambwsgi.settings.variables import secret_references
from lambwsgi.settings.warm import Schedule

PAGES = Path(__file__).parents[2] / "docs"
PAGE = PAGES.joinpath("settings.md").read_text("utf-8")


def _block(language: str) -> str:
    found = re.search(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)
    assert found is not None
    return found[1]


def test_the_example_loads_and_merges_as_the_page_says(tmp_path: Path) -> None:
    (tmp_path / "lambwsgi.yml").write_text(_block("yaml"), "utf-8")

    prod = load_project(tmp_path / "lambwsgi.yml").pick("prod")
    assert prod.memory_mb == 1024
    assert prod.environment == {"GREETING": "hello", "DEBUG": "0"}


@pytest.mark.parametrize("name", ["../README.md", "django.md", "flask.md"])
def test_the_settings_in_a_quickstart_load(tmp_path: Path, name: str) -> None:
    pieces = re.findall(r"```yaml\n(.*?)```", PAGES.joinpath(name).read_text("utf-8"), re.DOTALL)

    assert pieces
    for piece in pieces:
        (tmp_path / "lambwsgi.yml").write_text(_completed(piece), "utf-8")
        project = load_project(tmp_path / "lambwsgi.yml")
        assert [project.pick(stage) for stage in project.stages]


def _completed(piece: str) -> str:
    """A piece of a settings file with what it leaves to the reader."""
    if not re.search("^(base|stages):", piece, re.MULTILINE):
        piece = "base:\n" + re.sub("^(?=.)", "  ", piece, flags=re.MULTILINE)
    head = "project: shop\n" + ("" if "stages:" in piece else "stages: {dev: {}}\n")
    if re.search(r"^base:\n", piece, re.MULTILINE):
        app = "" if "  app:" in piece else "  app: shop.wsgi:application\n"
        commands = "" if "  commands:" in piece else "  commands: [manage]\n"
        return head + piece.replace("base:\n", f"base:\n{app}{commands}", 1)
    return f"{head}base: {{app: 'shop.wsgi:application', commands: [manage]}}\n{piece}"


def test_the_examples_of_keep_warm_load_and_mean_what_the_page_says(tmp_path: Path) -> None:
    page = PAGES.joinpath("keep-warm.md").read_text("utf-8")
    example = re.findall(r"```yaml\n(project.*?)```", page, re.DOTALL)[0]
    (tmp_path / "lambwsgi.yml").write_text(example, "utf-8")

    project = load_project(tmp_path / "lambwsgi.yml")

    assert list(project.pick("dev").warm_schedules) == ["day"]
    assert project.pick("prod").warm_schedules["night"].path == "/health"


def test_the_example_of_the_function_loads(tmp_path: Path) -> None:
    page = PAGES.joinpath("function.md").read_text("utf-8")
    example = re.findall(r"```yaml\n(project.*?)```", page, re.DOTALL)[0]
    (tmp_path / "lambwsgi.yml").write_text(example, "utf-8")

    prod = load_project(tmp_path / "lambwsgi.yml").pick("prod")

    assert prod.permissions["dynamodb"] == ("orders", "carts")
    assert prod.efs is not None


def test_the_example_of_hooks_loads(tmp_path: Path) -> None:
    page = PAGES.joinpath("deploying.md").read_text("utf-8")
    example = re.findall(r"```yaml\n(project.*?)```", page, re.DOTALL)[0]
    (tmp_path / "lambwsgi.yml").write_text(example, "utf-8")

    prod = load_project(tmp_path / "lambwsgi.yml").pick("prod")

    assert [(step.kind, step.text) for step in prod.hooks.before_switch] == [("manage", "migrate --noinput")]


def test_the_example_of_references_loads_and_refers_to_what_the_page_says(tmp_path: Path) -> None:
    page = PAGES.joinpath("secrets.md").read_text("utf-8")
    example = re.findall(r"```yaml\n(project.*?)```", page, re.DOTALL)[0].replace("${git:sha}", "abc")
    (tmp_path / "lambwsgi.yml").write_text(example, "utf-8")

    dev = load_project(tmp_path / "lambwsgi.yml", {"USER": "ci"}).pick("dev")

    assert list(secret_references(dev)) == ["DATABASE_URL", "SECRET_KEY"]
    assert dev.tags == {"deployed-by": "ci"}


def test_the_example_of_gateways_loads(tmp_path: Path) -> None:
    page = PAGES.joinpath("gateways.md").read_text("utf-8")
    example = re.findall(r"```yaml\n(project.*?)```", page, re.DOTALL)[0]
    (tmp_path / "lambwsgi.yml").write_text(example, "utf-8")

    prod = load_project(tmp_path / "lambwsgi.yml").pick("prod")

    assert prod.auth is not None
    assert prod.auth.way == "jwt"


def test_the_table_of_gateways_says_what_each_lacks() -> None:
    page = PAGES.joinpath("gateways.md").read_text("utf-8")
    [head] = re.findall(r"^\| setting \| (.*) \|$", page, re.MULTILINE)
    kinds = re.findall(r"\w+", head)
    rows = re.findall(r"^\| `(\w+)(?:: \{?(\w+).*?)?`[^|]*\|(.*)\|$", page, re.MULTILINE)

    told = {
        f"{name}.{way}" if way else name: {
            kind for kind, cell in zip(kinds, cells.split("|"), strict=True) if cell.strip() != "yes"
        }
        for name, way, cells in rows
        if len(cells.split("|")) == len(kinds)
    }

    assert told.pop("auth.iam") == {kind for kind in kinds if "auth.iam" in LACKS[kind]}
    settings = {setting for lacking in LACKS.values() for setting in lacking}
    assert told == {setting: {kind for kind in kinds if setting in LACKS[kind]} for setting in settings - {"auth.iam"}}


def test_every_key_of_keep_warm_is_in_its_table_with_its_default() -> None:
    page = PAGES.joinpath("keep-warm.md").read_text("utf-8")
    rows = re.findall(r"^\| (`\w+`(?:, `\w+`)*) \| (?:`([^`]*)`)? ?\|", page, re.MULTILINE)
    told = {name: default for names, default in rows for name in re.findall(r"\w+", names)}

    assert told == {
        name: "" if field.default is None else spelled(field.default) for name, field in Schedule.model_fields.items()
    }


def test_every_setting_is_in_the_table_with_its_default() -> None:
    rows = dict(re.findall(r"^\| `(\w+)` \| (?:`([^`]*)`)? ?\|", PAGE, re.MULTILINE))

    fields = StageSettings.model_fields
    assert set(rows) == set(fields) - {"project", "stage"}
    for name, default in rows.items():
        if default:
            assert {"warm": "true", "strategy": "all_at_once"}.get(name, spelled(fields[name].default)) == default


def spelled(default: object) -> str:
    """A default as the file would have it."""
    return str(default).lower() if isinstance(default, bool) else str(default)


def test_the_messages_are_the_real_ones(tmp_path: Path) -> None:
    (tmp_path / "lambwsgi.yml").write_text(
        "project: hello\nbase:\n  app: app:app\n  memmory_mb: 512\nstages:\n  dev:\n    memory_mb: 64\n"
        "    environment: {PORT: 8.10}\n"
    )

    with pytest.raises(SettingsError) as caught:
        load_project(tmp_path / "lambwsgi.yml")

    assert str(caught.value).replace(f"{tmp_path}/", "") == _block("text").rstrip()
