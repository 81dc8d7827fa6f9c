"""What ``./boot.sh`` does on a machine where nothing is installed: with programs that only play Python and uv."""

import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
TOOLS = ("awk", "cat", "cksum", "cp", "df", "dirname", "grep", "mkdir", "mktemp", "rm", "sh", "tail")

# Plays a Python: it notes what it is asked, makes a .venv whose Python is a copy of itself, and installs nothing.
PYTHON = """#!/bin/sh
echo "python $*" >>"$NOTES"
case "$*" in
"-m venv .venv") mkdir -p .venv/bin && cp "$0" .venv/bin/python ;;
esac
"""
OLD_PYTHON = "#!/bin/sh\nexit 1\n"
UV = f"""#!/bin/sh
echo "uv $*" >>"$NOTES"
case "$1" in
venv) mkdir -p .venv/bin && cat >.venv/bin/python <<'EOF'
{PYTHON}EOF
    chmod +x .venv/bin/python ;;
esac
"""


class Machine:
    """A machine with a clone of the project, some plain tools, and what a test installs."""

    def __init__(self, folder: Path) -> None:
        self.clone = folder / "clone"
        self.tools = folder / "tools"
        self.notes = folder / "notes"
        for made in (self.clone, self.tools):
            made.mkdir()
        for name in ("boot.sh", "requirements.txt", "requirements-dev.txt"):
            shutil.copy(ROOT / name, self.clone)
        for name in (*TOOLS, "chmod"):
            (self.tools / name).symlink_to(shutil.which(name) or name)

    def has(self, name: str, script: str) -> None:
        """Puts a program on the machine."""
        program = self.tools / name
        program.write_text(script)
        program.chmod(0o755)

    def boot(self, *arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
        """Runs ``./boot.sh``."""
        self.notes.write_text("")
        env = {"PATH": str(self.tools), "NOTES": str(self.notes), "LANG": "C.UTF-8", **settings}
        return subprocess.run(
            ["./boot.sh", *arguments], cwd=self.clone, env=env, capture_output=True, text=True, timeout=20
        )

    @property
    def asked(self) -> list[str]:
        """What the programs were asked at the last start, without the questions for their version."""
        lines = self.notes.read_text().splitlines()
        return [line for line in lines if "version_info" not in line and line != "uv --version"]


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    """A machine without Python."""
    return Machine(tmp_path)


def test_first_start_makes_an_environment_with_uv_and_later_ones_install_nothing(machine: Machine) -> None:
    machine.has("uv", UV)
    first = machine.boot()
    assert first.returncode == 0, first.stderr
    assert machine.asked == [
        "uv venv --quiet --python >=3.11 .venv",
        "uv pip install --quiet --compile-bytecode --require-hashes --python .venv/bin/python -r requirements.txt",
        "python -m flask up",
    ]
    assert first.stderr.startswith("Installing what is needed into .venv")

    second = machine.boot()
    assert machine.asked == ["python -m flask up"]
    assert second.stderr == ""


def test_first_start_makes_an_environment_with_a_plain_python(machine: Machine) -> None:
    machine.has("python3.14", OLD_PYTHON)
    machine.has("python3.12", PYTHON)
    assert machine.boot().returncode == 0
    assert machine.asked == [
        "python -m venv .venv",
        "python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt",
        "python -m flask up",
    ]


def test_changed_requirements_are_installed_and_a_broken_environment_is_made_again(machine: Machine) -> None:
    machine.has("python3", PYTHON)
    machine.boot()
    (machine.clone / "requirements.txt").write_text("")
    machine.boot()
    assert [line.split()[2] for line in machine.asked] == ["pip", "flask"]
    (machine.clone / ".venv" / "bin" / "python").unlink()
    machine.boot()
    assert [line.split()[2] for line in machine.asked] == ["venv", "pip", "flask"]


def test_tests_install_more_which_the_site_then_has_too(machine: Machine) -> None:
    machine.has("python3", PYTHON)
    machine.boot("test", "-k", "two words")
    assert machine.asked[1:] == [
        "python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.txt",
        "python -m pytest -k two words",
    ]
    machine.boot()
    assert machine.asked == ["python -m flask up"]


def test_where_everything_is_installed_already_nothing_is_made(machine: Machine) -> None:
    machine.has("everything", PYTHON)
    for role, command in {
        "web": "python -m gunicorn --config deploy/gunicorn.conf.py microblog:app",
        "worker": "python worker.py urgent default",
        "slow-worker": "python worker.py urgent default slow",
        "scheduler": "python -m flask scheduler",
        "migrate": "python -m flask db upgrade",
    }.items():
        assert machine.boot(role, BOOT_PYTHON="everything").returncode == 0
        assert machine.asked == [command]
    assert not (machine.clone / ".venv").exists()


def test_unknown_role_ends_with_one_sentence(machine: Machine) -> None:
    ended = machine.boot("dance")
    assert ended.returncode == 1
    assert ended.stderr.startswith("There is no role 'dance': ")
    assert ended.stderr.count("\n") == 1
    assert machine.asked == []


@pytest.mark.parametrize("old", [True, False])
def test_without_a_new_enough_python_one_sentence_says_so(machine: Machine, old: bool) -> None:
    if old:
        machine.has("python3", OLD_PYTHON)
    ended = machine.boot()
    assert ended.returncode == 1
    assert ended.stderr == (
        "There is no Python 3.11 or newer: install it from python.org or your system's packages, and start again.\n"
    )
    assert machine.boot(LANG="ko_KR.UTF-8").stderr.startswith("Python 3.11 이상이 없어요.")
    assert not (machine.clone / ".venv").exists()


def test_without_venv_one_sentence_names_the_package(machine: Machine) -> None:
    machine.has(
        "python3", '#!/bin/sh\ncase "$*" in *venv*) echo "ensurepip is not available"; exit 1 ;; esac\n'
    )
    ended = machine.boot()
    assert ended.returncode == 1
    assert ended.stderr == (
        "Python cannot make a virtual environment: install your system's python3-venv package, and start again.\n"
    )


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        (
            "error: Failed to fetch\\n  Caused by: dns error",
            "The network did not answer during the install: ",
        ),
        (
            "NewConnectionError: Failed to establish a new connection",
            "The network did not answer during the install: ",
        ),
        ("error: No space left on device (os error 28)", "The disk is full: "),
    ],
)
def test_install_that_fails_ends_with_one_sentence_and_is_tried_again(
    machine: Machine, said: str, sentence: str
) -> None:
    machine.has("uv", UV.replace('case "$1" in', f'case "$1" in\npip) printf "{said}\\n" >&2; exit 2 ;;'))
    ended = machine.boot()
    assert ended.returncode == 1
    told = ended.stderr.splitlines()
    assert len(told) == 2 and told[1].startswith(sentence), told

    machine.has("uv", UV)
    assert machine.boot().returncode == 0
    assert machine.asked[-1] == "python -m flask up"


def test_install_that_fails_for_another_reason_shows_it(machine: Machine) -> None:
    machine.has("python3", PYTHON + 'case "$*" in *pip*) echo "hashes do not match" >&2; exit 1 ;; esac\n')
    ended = machine.boot()
    assert ended.returncode == 1
    assert ended.stderr.splitlines()[1:] == [
        "hashes do not match",
        "The install failed: mend what is named above, and start again.",
    ]
