from __future__ import annotations

from pathlib import Path

import pytest

from lambwsgi.package.dependencies.refusals import explain
from lambwsgi.package.dependencies.requirements import Form, Requirements
from lambwsgi.package.platform.target import Target
from lambwsgi.settings.model import Architecture

REQUIREMENTS = Requirements(Path("requirements.txt"), Form.LIST, Path())
TARGET = Target("3.13", Architecture.ARM64, "aarch64-manylinux_2_34")


@pytest.mark.parametrize(
    ("words", "distribution"),
    [
        pytest.param(
            "error: No solution found when resolving dependencies\n  cause: Because all versions of psycopg2 have no"
            " usable wheels and you require psycopg2, we can conclude that your requirements are unsatisfiable.\n",
            "psycopg2",
            id="all versions",
        ),
        pytest.param(
            "error: No solution found when resolving dependencies\n  cause: Because numpy==1.26.0 has no usable wheels"
            " and you require numpy==1.26.0, we can conclude that your requirements are unsatisfiable.\n",
            "numpy",
            id="one version",
        ),
        pytest.param(
            "error: No solution found when resolving dependencies\n  cause: Because pywin32<=306 has no wheels with a"
            " matching Python ABI tag (e.g., `cp313`)\n\nhint: Wheels are available for `pywin32` (v312) on the"
            " following platforms: `win32`, `win_amd64`, `win_arm64`\n",
            "pywin32",
            id="another platform",
        ),
        pytest.param(
            "error: Building source distributions is disabled, but attempted to build `lib`\n", "lib", id="a folder"
        ),
        pytest.param(
            "error: No solution found when resolving dependencies\n  cause: Because no-such.thing was not found in the"
            " package registry and you require no-such.thing==3, we can conclude that ...\n",
            "no-such.thing",
            id="an unknown name",
        ),
    ],
)
def test_the_distribution_to_blame_is_found_in_uvs_words(words: str, distribution: str) -> None:
    assert explain(words, REQUIREMENTS, TARGET).distribution == distribution


def test_a_name_that_the_index_does_not_have_is_told_with_the_ways_out() -> None:
    words = "error: No solution\n  cause: Because flsk was not found in the package registry and you require flsk"

    assert str(explain(words, REQUIREMENTS, TARGET)) == (
        "requirements.txt asks for flsk, which the package index does not have; check how it is spelt, or name the"
        " index that has it in [tool.uv] of pyproject.toml or with --index-url in requirements.txt"
    )


def test_warnings_before_the_error_and_hints_after_it_are_left_out() -> None:
    words = "warning: old\nUsing CPython 3.11\nerror: Couldn't parse requirement\n  cause: Expected `@`\n\nhint: look\n"

    assert str(explain(words, REQUIREMENTS, TARGET)) == (
        "the dependencies in requirements.txt cannot be installed for Python 3.13 on Lambda arm64:"
        " Couldn't parse requirement Expected `@`"
    )
