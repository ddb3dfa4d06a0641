from __future__ import annotations

import hashlib
import random
import re
import shutil
import sys
import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from lambwsgi.package.artifact import Artifact
from lambwsgi.package.builders.zip_archive import build
from lambwsgi.package.cache import Cache
from lambwsgi.package.errors import BinaryError, PackageError, SelectError, SmokeError, TooLargeError
from lambwsgi.package.platform.target import host_target
from lambwsgi.settings.model import StageSettings

# The least that is an ELF file: a header for that processor, without sections.
ARM64_LIBRARY = bytes.fromhex("7f454c46020101").ljust(18, b"\0") + (183).to_bytes(2, "little") + bytes(44)
Package = Callable[..., Artifact]
HERE = f"Python 3.{sys.version_info.minor}"


@pytest.fixture
def reported() -> list[str]:
    return []


@pytest.fixture
def package(project: Path, reported: list[str], settings_for: Callable[..., StageSettings]) -> Package:
    """Builds the project; keywords are settings."""

    def package(**values: object) -> Artifact:
        return build(settings_for(**values), project, project / ".lambwsgi/hello.zip", report=report)

    def report(line: str) -> None:
        if not line.startswith("installing "):  # said only where no test before has left it in the cache
            reported.append(line)

    return package


def _names(artifact: Artifact) -> set[str]:
    with zipfile.ZipFile(artifact.path) as archive:
        return set(archive.namelist())


@pytest.mark.parametrize(("bytecode", "most"), [(False, 1_000_000), (True, 2_000_000)], ids=["without", "bytecode"])
def test_hello_flask_is_small(
    project: Path, package: Package, reported: list[str], flask_app: str, *, bytecode: bool, most: int
) -> None:
    (project / "app.py").write_text(flask_app)
    (project / "requirements.txt").write_text("flask\n")

    artifact = package(bytecode=bytecode)

    assert artifact.zipped_bytes <= most
    assert (artifact.bytecode_bytes > 0) is bytecode
    assert artifact.zipped_bytes == artifact.path.stat().st_size
    assert artifact.sha256 == hashlib.sha256(artifact.path.read_bytes()).hexdigest()
    assert {size.name.lower() for size in artifact.distributions} == {
        "flask", "werkzeug", "jinja2", "markupsafe", "click", "itsdangerous", "blinker",
    }  # fmt: skip
    assert reported == [f"proven with {HERE}: GET / answered 200 through every gateway"]


def test_the_same_input_in_another_folder_gives_the_same_bytes(
    tmp_path: Path, settings_for: Callable[..., StageSettings], flask_app: str
) -> None:
    digests = []
    for folder in (tmp_path / "here", tmp_path / "over there"):
        folder.mkdir()
        (folder / "app.py").write_text(flask_app)
        (folder / "requirements.txt").write_text("flask\n")
        digests.append(build(settings_for(), folder, folder / "out.zip").sha256)

    assert digests[0] == digests[1]


def test_every_module_that_can_be_compiled_is(project: Path, package: Package, plain_app: str) -> None:
    (project / "app.py").write_text(plain_app)
    (project / "template.py").write_text("class {{ name }}:\n")

    names = _names(package())

    modules = {name for name in names if name.endswith(".py")}
    tag = sys.implementation.cache_tag
    assert {Path(name).name for name in names if name.endswith(".pyc")} == {
        f"{Path(name).stem}.{tag}.pyc" for name in modules - {"template.py"}
    }


def test_where_the_runtimes_python_is_not_here_the_lack_of_bytecode_is_said(
    project: Path, package: Package, reported: list[str], plain_app: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    (project / "app.py").write_text(plain_app)
    monkeypatch.setenv("PATH", "")

    artifact = package(runtime="python3.14")

    assert artifact.bytecode_bytes == 0
    assert reported[0] == (
        "without bytecode, so each cold start compiles what it imports: no Python 3.14 is here; put python3.14 on PATH"
    )


def test_a_second_build_is_the_same_though_the_first_lies_in_the_project(
    project: Path, settings_for: Callable[..., StageSettings], plain_app: str
) -> None:
    (project / "app.py").write_text(plain_app)

    first = build(settings_for(), project, project / "out.zip")
    second = build(settings_for(), project, project / "out.zip")

    assert first == second


def test_names_with_spaces_and_other_letters_arrive_as_they_are(
    project: Path, package: Package, plain_app: str
) -> None:
    (project / "stå tic").mkdir()
    (project / "stå tic/räksmörgås 1.txt").write_text("x")
    (project / "app.py").write_text(f"open('stå tic/räksmörgås 1.txt', encoding='utf-8').close()\n{plain_app}")

    artifact = package()

    assert "stå tic/räksmörgås 1.txt" in _names(artifact)


def test_nothing_of_the_command_line_is_inside(project: Path, package: Package, plain_app: str) -> None:
    (project / "app.py").write_text(plain_app)
    (project / "requirements.txt").write_text("lambwsgi[cli]\nplain\n")

    names = _names(package(bytecode=False))

    assert {name.split("/")[0] for name in names} == {
        "app.py", "lambwsgi", "plain", "plain-2.0.dist-info", "requirements.txt",
    }  # fmt: skip
    assert not {name for name in names if name.startswith(("lambwsgi/cli", "lambwsgi/package", "lambwsgi/deploy"))}


@pytest.mark.parametrize(("bundle_sdk", "packed"), [(False, False), (True, True)])
def test_the_sdk_is_packed_only_when_that_is_asked_for(
    project: Path, package: Package, reported: list[str], plain_app: str, *, bundle_sdk: bool, packed: bool
) -> None:
    (project / "app.py").write_text(plain_app)
    (project / "requirements.txt").write_text("boto3\n")

    names = _names(package(bundle_sdk=bundle_sdk))

    assert ("boto3.py" in names) is packed
    assert any("boto3, in requirements.txt, stays out" in line for line in reported) is not packed


def test_a_database_that_goes_in_is_told(project: Path, package: Package, reported: list[str], plain_app: str) -> None:
    (project / "app.py").write_text(plain_app)
    (project / "db.sqlite3").write_bytes(b"SQLite format 3\0")

    assert "db.sqlite3" in _names(package())
    assert (
        "db.sqlite3 goes in; in Lambda it can only be read. `exclude: [db.sqlite3]` or .gitignore keeps it out"
        in reported
    )


def test_only_a_first_installation_is_announced(
    project: Path, settings_for: Callable[..., StageSettings], plain_app: str, tmp_path: Path
) -> None:
    (project / "app.py").write_text(plain_app)
    (project / "requirements.txt").write_text("plain\n")
    cache = Cache(tmp_path / "cache")
    announced: list[list[str]] = [[], []]

    for lines in announced:
        build(
            settings_for(runtime=f"python3.{sys.version_info.minor}"),
            project,
            tmp_path / "out.zip",
            report=lines.append,
            cache=cache,
        )

    assert [lines[0].partition(" for Python")[0] for lines in announced] == [
        "installing what requirements.txt asks for,",
        f"proven with {HERE}: GET / answered 200 through every gateway",
    ]


def test_tests_of_the_project_stay_out_unless_they_are_wanted(project: Path, package: Package, plain_app: str) -> None:
    (project / "shop/tests").mkdir(parents=True)
    (project / "shop/tests/test_shop.py").write_text("")
    (project / "app.py").write_text(plain_app)

    assert "shop/tests/test_shop.py" not in _names(package())
    assert "shop/tests/test_shop.py" in _names(package(slim="none"))
    assert "shop/tests/test_shop.py" in _names(package(include=["tests/"]))


def test_a_file_of_the_project_wins_over_a_dependencys_and_that_is_said(
    project: Path, package: Package, reported: list[str], plain_app: str
) -> None:
    (project / "plain").mkdir()
    (project / "plain/__init__.py").write_text("VERSION = 'ours'\n")
    (project / "app.py").write_text(f"import plain\nassert plain.VERSION == 'ours'\n{plain_app}")
    (project / "requirements.txt").write_text("plain\n")

    package()

    assert reported == [
        "warning: plain/__init__.py of the project takes the place of the file of the same name in plain",
        f"proven with {HERE}: GET / answered 200 through every gateway",
    ]


def test_a_project_may_not_hide_lambwsgi(project: Path, package: Package, plain_app: str) -> None:
    (project / "lambwsgi.py").write_text("")
    (project / "app.py").write_text(plain_app)

    with pytest.raises(SelectError, match=r"^lambwsgi\.py: hides lambwsgi's own module of this name; rename it"):
        package()


def test_an_artifact_that_others_try_is_not_started_here(
    project: Path, reported: list[str], settings_for: Callable[..., StageSettings]
) -> None:
    (project / "app.py").write_text("import nothing_of_that_name\n")

    artifact = build(settings_for(), project, project / "app.zip", report=reported.append, prove=False)

    assert artifact.import_seconds is None
    assert not [line for line in reported if "proven" in line]


def test_an_application_that_fails_to_import_leaves_the_former_artifact(
    project: Path, package: Package, plain_app: str
) -> None:
    (project / "app.py").write_text(plain_app)
    former = package()
    (project / "app.py").write_text("raise ValueError('broken')\n")

    with pytest.raises(SmokeError):
        package()

    assert hashlib.sha256(former.path.read_bytes()).hexdigest() == former.sha256
    assert list(former.path.parent.iterdir()) == [former.path]


def test_an_artifact_over_the_limit_names_the_dearest_distributions(
    project: Path, package: Package, plain_app: str
) -> None:
    (project / "app.py").write_text(plain_app)
    (project / "requirements.txt").write_text("plain\nnative\n")
    with (project / "big.bin").open("wb") as sparse:
        sparse.truncate(262_144_000)

    with pytest.raises(TooLargeError) as caught:
        package()

    assert re.match(r"the artifact is 262\.\d MB unzipped; Lambda takes at most 262\.1 MB\.", str(caught.value))
    assert "The dearest distributions are native 0.0 MB, plain 0.0 MB." in str(caught.value)
    assert not (project / ".lambwsgi/hello.zip").exists()


def test_what_only_s3_takes_is_said(project: Path, package: Package, reported: list[str], plain_app: str) -> None:
    (project / "app.py").write_text(plain_app)
    (project / "model.bin").write_bytes(random.Random(1).randbytes(52_428_800))

    package()

    assert "MB zipped: above 52.4 MB Lambda takes code by way of S3 only, as `lambwsgi deploy` sends it" in reported[-1]


@pytest.mark.parametrize("where", ["project", "wheel"])
def test_a_compiled_file_for_another_processor_stops_the_build(
    project: Path, package: Package, plain_app: str, where: str
) -> None:
    (project / "app.py").write_text(plain_app)
    name = "fast.so" if where == "project" else "wrongtag.so"
    (project / "fast.so").write_bytes(ARM64_LIBRARY)
    if where == "wheel":
        (project / "fast.so").unlink()
        (project / "requirements.txt").write_text("wrongtag\n")

    with pytest.raises(BinaryError) as caught:
        package(runtime="python3.13")

    assert caught.value.problems == (f"{name} is for arm64, the function runs on x86_64",)


def test_arm64_is_built_here_and_proven_by_what_this_machine_has(
    project: Path, package: Package, reported: list[str], plain_app: str
) -> None:
    (project / "app.py").write_text(f"import native\n{plain_app}")
    (project / "requirements.txt").write_text("native\n")

    artifact = package(runtime="python3.13", architecture="arm64", bytecode=False)

    with zipfile.ZipFile(artifact.path) as archive:
        assert archive.read("native/built_for.txt") == b"cp313-cp313-manylinux_2_34_aarch64"
    assert len(reported) == 1
    assert reported[0].startswith("proven with Python 3.1")
    assert "of this machine, in place of Python 3.13 on Lambda arm64: GET / answered 200" in reported[0]


def test_what_fits_no_machine_but_lambdas_is_built_and_said_not_to_be_proven(
    project: Path, package: Package, reported: list[str], plain_app: str
) -> None:
    (project / "app.py").write_text(plain_app)
    (project / "requirements.txt").write_text("armonly\n")

    artifact = package(runtime="python3.13", architecture="arm64", bytecode=False)

    assert "armonly.py" in _names(artifact)
    assert len(reported) == 1
    assert reported[0].startswith(
        "warning: not proven: Python 3.13 on Lambda arm64 is not at hand, and armonly 1.0 has no wheel for Python 3.1"
    )


def test_hashes_in_a_list_hold_for_the_stand_ins_too(
    project: Path, package: Package, reported: list[str], plain_app: str, wheelhouse: Path
) -> None:
    digests = [hashlib.sha256(wheel.read_bytes()).hexdigest() for wheel in wheelhouse.glob("native-*.whl")]
    hashes = " ".join(f"--hash=sha256:{digest}" for digest in digests)
    (project / "app.py").write_text(f"import native\n{plain_app}")
    (project / "requirements.txt").write_text(f"native==1.0 {hashes}\n")

    package(runtime="python3.13", architecture="arm64", bytecode=False)

    assert "in place of Python 3.13 on Lambda arm64: GET / answered 200" in reported[0]


def test_this_machine_can_be_the_target(
    project: Path, reported: list[str], settings_for: Callable[..., StageSettings], plain_app: str
) -> None:
    (project / "app.py").write_text(plain_app)
    (project / "requirements.txt").write_text("native\n")

    artifact = build(
        settings_for(runtime="python3.13"), project, project / "out.zip", target=host_target(), report=reported.append
    )

    with zipfile.ZipFile(artifact.path) as archive:
        built_for = archive.read("native/built_for.txt").decode()
    # The wheelhouse has wheels of their own for Lambda's 3.13 only; every other Python takes the one for all.
    assert built_for.startswith("cp313-cp313" if sys.version_info[:2] == (3, 13) else "py3-none-any")


def test_a_folder_that_cannot_be_made_is_told(project: Path, settings_for: Callable[..., StageSettings]) -> None:
    (project / "file").write_text("")

    with pytest.raises(PackageError, match="cannot be written"):
        build(settings_for(), project, project / "file/out.zip")


def test_the_callers_folder_is_left_as_it_was(project: Path, package: Package, plain_app: str) -> None:
    (project / "app.py").write_text(plain_app)

    package()

    assert sorted(path.name for path in project.rglob("*")) == [".lambwsgi", "app.py", "hello.zip"]
    shutil.rmtree(project)


@pytest.mark.parametrize("harm", ["cut off", "missing", "without a record", "half a record", "another layer"])
def test_a_cache_that_was_harmed_never_gets_into_an_artifact(
    project: Path, settings_for: Callable[..., StageSettings], plain_app: str, tmp_path: Path, *, harm: str
) -> None:
    (project / "app.py").write_text(plain_app)
    (project / "requirements.txt").write_text("plain\n")
    settings = settings_for(runtime=f"python3.{sys.version_info.minor}", layer=True)
    cache = Cache(tmp_path / "cache")
    built = build(settings, project, tmp_path / "out.zip", cache=cache)
    [kept] = cache.folder.iterdir()
    module = next(path for path in kept.rglob("*.py") if path.stat().st_size)
    module.parent.chmod(0o755)
    harms: dict[str, Callable[[], object]] = {
        "cut off": lambda: module.write_text(""),
        "missing": module.unlink,
        "without a record": (kept / "record.json").unlink,
        "half a record": lambda: (kept / "record.json").write_text('{"sizes"'),
        "another layer": lambda: (kept / "layer.zip").write_bytes(b"x" * (kept / "layer.zip").stat().st_size),
    }
    harms[harm]()

    again = build(settings, project, tmp_path / "out.zip", cache=cache)

    assert again == built
    assert again.layer is not None
    assert hashlib.sha256(again.layer.path.read_bytes()).hexdigest() == again.layer.sha256


def test_where_there_is_no_room_for_what_is_in_between_both_places_are_named(
    project: Path, settings_for: Callable[..., StageSettings], plain_app: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    (project / "app.py").write_text(plain_app)
    monkeypatch.setattr(tempfile, "tempdir", str(project / "none"))

    with pytest.raises(PackageError, match=r"hello.zip cannot be written: No such file .*none.* TMPDIR names"):
        build(settings_for(), project, project / "hello.zip")
