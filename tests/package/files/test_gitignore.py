from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from lambwsgi.package.files.gitignore import parse_patterns, verdict

LINES = st.text(alphabet="ab*?/![]-\\. #", min_size=1, max_size=8)
PATHS = st.text(alphabet="ab.-", min_size=1, max_size=3).filter(lambda name: name not in (".", ".."))


@pytest.mark.parametrize(
    ("lines", "path", "ignored"),
    [
        pytest.param(["*.log"], "deep/er.log", True, id="a name matches at any depth"),
        pytest.param(["/build"], "src/build", None, id="a leading slash ties to the folder"),
        pytest.param(["docs/*.txt"], "docs/old/a.txt", None, id="a star stops at a slash"),
        pytest.param(["a/**/b"], "a/x/y/b", True, id="two stars cross folders"),
        pytest.param(["a/**/b"], "a/b", True, id="two stars match no folder too"),
        pytest.param(["*.log", "!keep.log"], "keep.log", False, id="a negation takes back"),
        pytest.param(["!keep.log", "*.log"], "keep.log", True, id="the last pattern wins"),
        pytest.param(["build/"], "build", None, id="a trailing slash means folders only"),
        pytest.param(["\\#name", "\\!name"], "!name", True, id="a backslash makes a sign plain"),
        pytest.param(["[a-c]1"], "b1", True, id="a range"),
        pytest.param(["[!a-c]1"], "b1", None, id="a negated range"),
        pytest.param(["[z"], "[z", None, id="a broken bracket matches nothing"),
        pytest.param(["# note", "", "   "], "note", None, id="comments and blank lines say nothing"),
    ],
)
def test_patterns_mean_what_gitignore_means(lines: list[str], path: str, ignored: bool | None) -> None:
    assert verdict(parse_patterns(lines), path, is_directory=False) is ignored


def test_patterns_of_a_nested_file_reach_only_below_it() -> None:
    patterns = parse_patterns(["/*.log"], base="app/")

    assert verdict(patterns, "app/a.log", is_directory=False) is True
    assert verdict(patterns, "a.log", is_directory=False) is None


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("repository")
    subprocess.run(["git", "init", "--quiet", str(folder)], check=True)
    return folder


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(lines=st.lists(LINES, min_size=1, max_size=3), parts=st.lists(PATHS, min_size=1, max_size=3))
@example(lines=["a/**"], parts=["a", "b"])
@example(lines=["**/a"], parts=["b", "a"])
@example(lines=["a\\ "], parts=["a"])
@example(lines=["[]a]"], parts=["a"])
@example(lines=["a/**b"], parts=["a", "ab"])
@example(lines=["**a"], parts=["b", "ba"])
def test_git_itself_is_of_the_same_opinion(repository: Path, lines: list[str], parts: list[str]) -> None:
    (repository / ".gitignore").write_text("\n".join([*lines, ""]))
    path = "/".join(parts)
    # Without an index and with no file there, git takes the path for a file.
    asked = ["git", "-C", str(repository), "check-ignore", "--no-index", "--quiet", "--", path]
    gits = subprocess.run(asked, check=False).returncode == 0

    patterns = parse_patterns(lines)
    folders = ["/".join(parts[: count + 1]) for count in range(len(parts) - 1)]
    ours = any(verdict(patterns, folder, is_directory=True) for folder in folders) or bool(
        verdict(patterns, path, is_directory=False)
    )

    assert ours is gits
