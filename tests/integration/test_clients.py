"""Clients generated from the description compile, and find their way about a running site."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from bench.api import site
from bench.api.people import NAME, PASSWORD
from tests.integration.processes import ROOT

TOOLS = ROOT / "tests" / "tools"
NODE = TOOLS / "node_modules"
TOURS = TOOLS / "tours"
DESCRIPTION = ROOT / "docs" / "openapi.json"
GENERATOR = TOOLS / "jars" / "openapi-generator-cli-7.17.0.jar"
GO_OPTIONS = "packageName=hanmadi,withGoMod=false,disallowAdditionalPropertiesIfNotPresent=false"
GO_PARTS = "models,apis,supportingFiles,apiTests=false,modelTests=false,apiDocs=false,modelDocs=false"
PYTHON_OPTIONS = """
package_name_override: hanmadi_client
post_hooks: []
content_type_overrides:
  application/zip: application/octet-stream
"""


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """A running site with people and posts."""
    with site.running("sqlite") as begins:
        yield begins


def need(*tools: str | Path) -> None:
    """Skips a test whose tools are missing; in CI it fails instead."""
    missing = [str(tool) for tool in tools if not shutil.which(str(tool)) and not Path(tool).exists()]
    if missing and os.environ.get("CI"):
        pytest.fail(f"CI needs {missing}.")
    if missing:
        pytest.skip(f"Without {missing}; .ci/run fetches them.")


def run(*command: str | Path, folder: Path, **settings: str) -> str:
    """Runs a program and returns what it printed last; fails with all that it said."""
    done = subprocess.run(
        [str(word) for word in command],
        cwd=folder,
        env=os.environ | settings,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    return done.stdout.strip().rpartition("\n")[2]


def assert_toured(address: str, body: str, *command: str | Path, folder: Path, **settings: str) -> None:
    """Runs a tour, and looks for the post that it has written."""
    told = {"SITE": address, "NAME": NAME, "PASSWORD": PASSWORD}
    made = run(*command, folder=folder, **told, **settings)
    post = requests.get(f"{address}/api/posts/{made}", timeout=30).json()
    assert (post["body"], post["like_count"], post["author"]["username"]) == (body, 1, NAME)


def test_redocly_finds_no_fault() -> None:
    need("node", NODE / ".bin" / "redocly")
    quiet = {"REDOCLY_TELEMETRY": "off", "REDOCLY_SUPPRESS_UPDATE_NOTICE": "true"}
    said = run(NODE / ".bin" / "redocly", "lint", "--format=json", DESCRIPTION, folder=TOOLS, **quiet)
    assert said, "It says how many faults there are."


@pytest.mark.timeout(400)
def test_python_client_is_generated_and_takes_the_tour(address: str, tmp_path: Path) -> None:
    (tmp_path / "options.yml").write_text(PYTHON_OPTIONS)
    generate = ("generate", "--path", DESCRIPTION, "--config", "options.yml", "--meta", "none")
    run(
        Path(sys.executable).with_name("openapi-python-client"),
        *generate,
        "--output-path",
        "hanmadi_client",
        "--fail-on-warning",
        folder=tmp_path,
    )
    run(sys.executable, "-m", "compileall", "-q", "hanmadi_client", folder=tmp_path)
    tour = (sys.executable, TOURS / "tour.py")
    assert_toured(address, "tour.py", *tour, folder=tmp_path, PYTHONPATH=str(tmp_path))


@pytest.mark.timeout(400)
def test_typescript_client_is_strict_and_takes_the_tour(address: str, tmp_path: Path) -> None:
    need("node", NODE / ".bin" / "openapi-typescript", NODE / ".bin" / "tsc", NODE / "openapi-fetch")
    (tmp_path / "node_modules").symlink_to(NODE)
    (tmp_path / "package.json").write_text('{"type": "module"}')
    shutil.copy(TOURS / "tour.ts", tmp_path)
    run(NODE / ".bin" / "openapi-typescript", DESCRIPTION, "-o", "api.ts", folder=tmp_path)
    strict = ("--strict", "--noUncheckedIndexedAccess", "--exactOptionalPropertyTypes", "--skipLibCheck")
    modules = ("--module", "nodenext", "--target", "es2022", "--lib", "es2022,dom,dom.iterable")
    run(NODE / ".bin" / "tsc", *strict, *modules, "tour.ts", folder=tmp_path)
    assert_toured(address, "tour.ts", "node", "tour.js", folder=tmp_path)


@pytest.mark.timeout(400)
def test_go_client_compiles_and_takes_the_tour(address: str, tmp_path: Path) -> None:
    need("java", "go", GENERATOR)
    generate = ("generate", "-g", "go", "-i", DESCRIPTION, "-o", "client")
    options = ("--additional-properties", GO_OPTIONS, "--global-property", GO_PARTS)
    run("java", "-jar", GENERATOR, *generate, *options, folder=tmp_path)
    shutil.copy(TOURS / "tour.go", tmp_path)
    (tmp_path / "go.mod").write_text("module tour\n\ngo 1.18\n")  # The client needs no other module.
    run("go", "vet", "./...", folder=tmp_path, GOFLAGS="-mod=mod", GOTOOLCHAIN="local")
    run("go", "build", "-o", "tour", ".", folder=tmp_path, GOTOOLCHAIN="local")
    assert_toured(address, "tour.go", tmp_path / "tour", folder=tmp_path)
