"""The documentation holds together: its pages are in the navigation, its links lead somewhere, its words are true."""

from __future__ import annotations

import ast
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
import yaml

from docs.reference import PAGES
from lambwsgi.cli.main import cli

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
NAMES = sorted(path.name for path in DOCS.glob("*.md"))


def text(name: str) -> str:
    return DOCS.joinpath(name).read_text("utf-8")


def anchors(name: str) -> set[str]:
    """As GitHub and the site make them of headings."""
    headings = re.findall(r"^#+ (.*)$", re.sub(r"```.*?```", "", text(name), flags=re.DOTALL), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-") for heading in headings}


def links() -> Iterator[tuple[str, str]]:
    for name in NAMES:
        for target in re.findall(r"\]\(([^)\s]+)\)", re.sub(r"```.*?```", "", text(name), flags=re.DOTALL)):
            if "://" not in target:
                yield name, target


def constants() -> Iterator[str]:
    """All texts in the code, pieces of f-strings put together."""
    for path in (ROOT / "lambwsgi").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                yield node.value


@pytest.mark.parametrize("name", PAGES)
def test_pages_that_are_made_of_the_code_are_up_to_date(name: str) -> None:
    """In a process of its own, for click remembers of a command how it was asked for help first."""
    code = f"from docs.reference import PAGES; print(PAGES[{name!r}](), end='')"

    made = subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True, capture_output=True, encoding="utf-8")

    assert text(name) == made.stdout, "write them anew: make reference"


def test_every_page_is_in_the_navigation_once() -> None:
    nav = yaml.safe_load(ROOT.joinpath("mkdocs.yml").read_text("utf-8"))["nav"]
    pages = [page for entry in nav for page in (next(iter(entry.values())) if isinstance(entry, dict) else [entry])]

    assert sorted(pages) == NAMES


@pytest.mark.parametrize(("page", "target"), sorted(set(links())))
def test_a_link_leads_to_a_page_and_to_a_heading(page: str, target: str) -> None:
    name, _, anchor = target.partition("#")

    assert (DOCS / (name or page)).is_file()
    assert not anchor or anchor in anchors(name or page)


def test_the_links_of_the_readme_lead_to_pages_and_headings() -> None:
    readme = ROOT.joinpath("README.md").read_text("utf-8")
    targets = re.findall(r"\]\((?!https?:)([^)\s]+)\)", re.sub(r"```.*?```", "", readme, flags=re.DOTALL))

    assert targets
    for target in targets:
        name, _, anchor = target.partition("#")
        assert (ROOT / name).exists(), target
        assert not anchor or anchor in anchors(name.removeprefix("docs/")), target


def typed() -> Iterator[tuple[str, str]]:
    """Each command of lambwsgi's that a page shows at a prompt, with the page."""
    for path in [ROOT / "README.md", *DOCS.glob("*.md")]:
        for block in re.findall(r"```console\n(.*?)```", path.read_text("utf-8"), re.DOTALL):
            for line in re.findall(r"^\$ (.*)$", block, re.MULTILINE):
                for words in re.findall(r"(?:^|python manage\.py |\| )lambwsgi ([^|>#]+)", line):
                    yield path.name, words.strip()


@pytest.mark.parametrize(("page", "words"), sorted(set(typed())))
def test_a_command_at_a_prompt_is_one_with_these_options(page: str, words: str) -> None:
    name, *arguments = shlex.split(words)
    context = cli.make_context("lambwsgi", [], resilient_parsing=True)
    command = cli.get_command(context, name)
    assert command is not None, f"{page}: {words}"
    if isinstance(command, click.Group):
        context = click.Context(command, parent=context)
        command = command.get_command(context, arguments.pop(0))
        assert command is not None

    # What only a file, a terminal or AWS could tell is not asked.
    command.make_context(name, list(arguments), parent=context, resilient_parsing=True)
    known = {option for parameter in command.params for option in (*parameter.opts, *parameter.secondary_opts)}
    given = {word.partition("=")[0] for word in arguments if re.match(r"--?[a-z]", word)}
    assert name in ("manage", "flask") or given <= known | {"--help"}, f"{page}: {words}"


def test_the_readme_names_every_page_that_is_written_by_hand() -> None:
    readme = ROOT.joinpath("README.md").read_text("utf-8")

    assert [name for name in NAMES if name not in {*PAGES, "index.md"} and f"(docs/{name})" not in readme] == []


def test_the_messages_that_the_page_of_errors_explains_are_real_ones() -> None:
    told = re.findall(r"^### `(.*)`$", text("errors.md"), re.MULTILINE)
    known = list(constants())

    assert told
    assert [words for words in told if not any(words in constant for constant in known)] == []


def test_every_figure_of_the_comparison_is_in_the_benchmarks() -> None:
    measured = ROOT.joinpath("benchmarks", "README.md").read_text("utf-8")
    rows = "\n".join(line for line in text("comparison.md").splitlines() if line.startswith("|"))

    assert [figure for figure in re.findall(r"\d+\.\d+", rows) if figure not in measured] == []
