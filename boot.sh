#!/bin/sh
# One door: ./boot.sh runs the whole site, ./boot.sh test tests it, ./boot.sh ROLE runs one part, as the containers do.
set -eu
CDPATH='' cd -- "$(dirname -- "$0")"

# BOOT_PYTHON names a Python in which everything is installed already, as in a container; else .venv is made and kept.
python=${BOOT_PYTHON:-.venv/bin/python}

end() { # Korean, English: ends with one sentence in the terminal's language.
    case ${LC_ALL:-${LC_MESSAGES:-${LANG:-}}} in
    ko*) echo "$1" >&2 ;;
    *) echo "$2" >&2 ;;
    esac
    exit 1
}

tell() { # Korean, English: says what takes a while.
    (end "$1" "$2") || true
}

new_enough() { # PYTHON: whether it starts, and is 3.11 or newer.
    "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null
}

find_python() { # Prints a Python that is new enough.
    for name in python3.14 python3.13 python3.12 python3.11 python3 python; do
        if new_enough "$name"; then
            echo "$name"
            return
        fi
    done
    return 1
}

make_venv() {
    # A folder that was copied, or whose Python was removed, holds a .venv that does not start any more.
    if new_enough "$python"; then return; fi
    rm -rf .venv
    if uv --version >/dev/null 2>&1; then
        uv venv --quiet --python '>=3.11' .venv 2>"$log" && return
        why=$(tail -n 1 "$log")
        end "uv가 Python 3.11 이상을 준비하지 못했어요($why). Python 3.11 이상을 설치하고 다시 시작해 주세요." \
            "uv could not provide Python 3.11 or newer ($why): install Python 3.11 or newer, and start again."
    fi
    found=$(find_python) || end \
        "Python 3.11 이상이 없어요. python.org나 시스템의 패키지로 설치하고 다시 시작해 주세요." \
        "There is no Python 3.11 or newer: install it from python.org or your system's packages, and start again."
    "$found" -m venv .venv >"$log" 2>&1 && return
    rm -rf .venv
    has_room || no_room
    end "Python의 venv를 쓸 수 없어요. 시스템의 python3-venv 패키지를 설치하고 다시 시작해 주세요." \
        "Python cannot make a virtual environment: install your system's python3-venv package, and start again."
}

has_room() { # Whether this folder's disk has 50 MB left.
    [ "$(df -Pk . | awk 'NR == 2 { print $4 }')" -ge 51200 ]
}

no_room() {
    end "디스크가 꽉 찼어요. 500 MB쯤 비우고 다시 시작해 주세요." \
        "The disk is full: free about 500 MB, and start again."
}

install() { # FILE: installs what it pins, by its hashes; a file that has not changed since is not looked at again.
    now=$(cksum <"$1")
    stamp=.venv/.installed-$1
    if [ "$(cat "$stamp" 2>/dev/null)" = "$now" ] && [ -x "$python" ]; then return; fi
    log=$(mktemp) || no_room
    trap 'rm -f "$log"' EXIT
    make_venv
    tell "필요한 것을 .venv에 설치하고 있어요. 처음 한 번만, 1분쯤 걸려요…" \
        "Installing what is needed into .venv; this happens once and takes about a minute…"
    if uv --version >/dev/null 2>&1; then
        # Compiled now, so that the first page does not wait for it.
        uv pip install --quiet --compile-bytecode --require-hashes --python "$python" -r "$1" 2>"$log" || not_installed
    else
        "$python" -m pip install --quiet --disable-pip-version-check --require-hashes -r "$1" 2>"$log" || not_installed
    fi
    echo "$now" >"$stamp"
    # What the tests need includes what the site needs.
    if [ "$1" = requirements-dev.txt ]; then cksum <requirements.txt >.venv/.installed-requirements.txt; fi
    rm -f "$log"
    trap - EXIT
}

not_installed() {
    has_room || no_room
    if grep -qi 'no space left' "$log"; then no_room; fi
    if grep -qiE 'resolution|dns|connect|network|timed? ?out|unreachable|error sending request' "$log"; then
        end "네트워크에 연결되지 않아 설치하지 못했어요. 연결을 확인하고 다시 시작해 주세요." \
            "The network did not answer during the install: check the connection, and start again."
    fi
    cat "$log" >&2
    end "설치하지 못했어요. 위의 문제를 고치고 다시 시작해 주세요." \
        "The install failed: mend what is named above, and start again."
}

safe_path() { # Lets gunicorn start a successor on SIGUSR2.
    # It does so as "python …/gunicorn/__main__.py": that folder on sys.path would hide modules of Python's own.
    export PYTHONSAFEPATH=1
}

role=${1:-up}
if [ $# -gt 0 ]; then shift; fi
case $role in
test)
    [ -n "${BOOT_PYTHON:-}" ] || install requirements-dev.txt
    exec "$python" -m pytest "$@"
    ;;
up | web | live | worker | slow-worker | scheduler | migrate | flask)
    [ -n "${BOOT_PYTHON:-}" ] || install requirements.txt
    ;;
*)
    end "'$role' 역할은 없어요. ./boot.sh [test | web | live | worker | slow-worker | scheduler | migrate | flask …]처럼 써 주세요." \
        "There is no role '$role': use ./boot.sh [test | web | live | worker | slow-worker | scheduler | migrate | flask …]."
    ;;
esac

case $role in
up) exec "$python" -m flask up "$@" ;;
web)
    safe_path
    exec "$python" -m gunicorn --config deploy/gunicorn.conf.py "$@" microblog:app
    ;;
live)
    safe_path
    export LIVE=only
    exec "$python" -m gunicorn --config deploy/gunicorn.conf.py "$@" microblog:app
    ;;
worker) exec "$python" worker.py urgent default "$@" ;;
slow-worker) exec "$python" worker.py urgent default slow ;;
scheduler) exec "$python" -m flask scheduler ;;
migrate) exec "$python" -m flask db upgrade ;;
flask) exec "$python" -m flask "$@" ;;
esac
