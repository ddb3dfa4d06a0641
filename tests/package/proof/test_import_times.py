"""Where import time goes, read from what Python itself tells of it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from lambwsgi.package.builders.zip_archive import build
from lambwsgi.package.errors import SmokeError
from lambwsgi.package.platform.interpreter import THIS
from lambwsgi.package.platform.target import host_target
from lambwsgi.package.proof.flame_graph import flame_page
from lambwsgi.package.proof.import_times import Import, Profile, profile_imports, read_import_times
from lambwsgi.package.proof.probe import Findings
from lambwsgi.package.proof.probe_script import BEGIN, END
from lambwsgi.settings.model import StageSettings

# What stands in the log, as CPython writes it: a module behind what it imported, two blanks deeper.
LOG = f"""\
import time:       100 |        100 | site
{BEGIN}
import time:      1000 |       1000 |     shop.prices
the application says something
import time:      3000 |       4000 |   shop.views
import time:      2000 |       2000 |   pdf
import time:       500 |       6500 | shop
import time:      1500 |       1500 | late
{END}
import time:       700 |        700 | asked.for.later
"""


def profile_of(log: str, *called: str) -> Profile:
    return Profile(read_import_times(log.splitlines(), frozenset(called)), Findings(logged=log))


def outline(module: Import) -> list[object]:
    return [module.name, module.total_us, *map(outline, module.imported)]


def test_a_module_has_what_it_was_the_first_to_import_and_only_init_counts() -> None:
    found = profile_of(LOG)

    assert [outline(each) for each in found.imports] == [
        ["shop", 6500, ["shop.views", 4000, ["shop.prices", 1000]], ["pdf", 2000]],
        ["late", 1500],
    ]
    assert found.total_us == 8000


def test_the_dearest_are_so_by_themselves() -> None:
    assert [each.name for each in profile_of(LOG).dearest(3)] == ["shop.views", "pdf", "late"]


def test_what_was_not_called_is_named_once_and_with_its_importer() -> None:
    found = profile_of(LOG, "shop.prices")

    assert [(each.name, importer) for each, importer in found.unused(1000)] == [("pdf", "shop"), ("late", "INIT")]


def test_what_is_short_is_not_worth_a_word() -> None:
    assert profile_of(LOG, "shop.prices").unused(2500) == []


def test_an_artifact_is_started_and_asked(project: Path, settings_for: Callable[..., StageSettings]) -> None:
    (project / "used.py").write_text("def answer():\n    return b'hello'\n")
    (project / "unused.py").write_text("import time\ntime.sleep(0.02)\n")
    (project / "app.py").write_text(
        "import unused, used\n"
        "def app(environ, start_response):\n"
        "    start_response('200 OK', [])\n"
        "    return [used.answer()]\n"
    )
    artifact = build(settings_for(), project, project / "out.zip", target=host_target())

    found = profile_imports(artifact, settings_for(), THIS)

    [app] = [each for each in found.imports if each.name == "app"]
    assert [(each.name, each.called) for each in app.imported] == [("unused", False), ("used", True)]
    assert app.called
    assert [(each.name, importer) for each, importer in found.unused(20_000)] == [("unused", "app")]


def test_an_application_that_cannot_be_imported_is_an_error_that_says_where(
    project: Path, settings_for: Callable[..., StageSettings], plain_app: str
) -> None:
    broken = "import os\nif os.environ.get('ONLY_THERE') == '1': raise OSError('no')\n"
    (project / "app.py").write_text(f"{broken}{plain_app}")
    artifact = build(settings_for(), project, project / "out.zip", target=host_target())

    with pytest.raises(SmokeError, match=r"app:app cannot be imported .*\n  app\.py:2 in <module>"):
        profile_imports(artifact, settings_for(environment={"ONLY_THERE": "1"}), THIS)


def test_the_page_draws_each_module_as_wide_as_it_is_dear_and_escapes_what_it_did_not_write() -> None:
    log = LOG.replace("| pdf", "| pdf<b>").replace("|   pdf", "|   pdf<b>")

    page = flame_page(profile_of(log, "shop.prices"), title="<shop>", summary="8.0 ms", path="/?a&b")

    assert "left:0.000%;width:81.250%;top:0px" in page
    assert 'class="unused" style="left:50.000%;width:25.000%;top:22px' in page
    assert "pdf&lt;b&gt;: 2.00 ms, 2.00 ms of it its own" in page
    assert "&lt;shop&gt;" in page
    assert "<b>" not in page
