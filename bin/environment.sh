# Sourced by the scripts of this directory: finds Python and keeps .venv up to date.
# All messages go to stderr, because stdout belongs to the command that the script runs.

if [[ -n "${SEARCHSITE_VAR:-}" && "$SEARCHSITE_VAR" != /* ]]; then
    export SEARCHSITE_VAR="$PWD/$SEARCHSITE_VAR"
fi
cd "$(dirname "${BASH_SOURCE[0]}")/.."
export DJANGO_SETTINGS_MODULE=searchsite.settings
export PYTHONUNBUFFERED=1

message() {
    echo "$@" >&2
}

new_enough() {
    "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null
}

find_python() {
    local candidate
    for candidate in ${PYTHON:+"$PYTHON"} python3.11 python3.12 python3.13 python3 python; do
        if new_enough "$candidate"; then
            echo "$candidate"
            return
        fi
    done
    message "Searchsite needs Python 3.11 or newer, and none was found."
    message "Install it (Debian, Ubuntu: apt install python3 python3-venv)," \
        "or name it: PYTHON=/path/to/python3.11 $0"
    return 1
}

make_venv() {
    local python
    python="$(find_python)"
    message "Creating .venv with $("$python" --version)…"
    if ! "$python" -m venv --clear .venv >&2; then
        message "The virtual environment could not be created." \
            "On Debian and Ubuntu: apt install python3-venv"
        return 1
    fi
}

# ensure_packages FILE…: installs the requirements of each file that changed since the last time.
ensure_packages() {
    local file changed=() arguments=()
    new_enough .venv/bin/python || make_venv
    for file in "$@"; do
        if [[ "$(fingerprint "$file")" != "$(cat "$(stamp "$file")" 2>/dev/null)" ]]; then
            changed+=("$file")
            arguments+=(-r "$file")
        fi
    done
    if [[ ${#changed[@]} -eq 0 ]]; then
        return
    fi
    message "Installing the packages of ${changed[*]} (the first time takes some minutes)…"
    if [[ ! -t 2 ]]; then
        arguments+=(--quiet)
    fi
    if ! .venv/bin/python -m pip install --disable-pip-version-check "${arguments[@]}" >&2; then
        message "The packages could not be installed; see the error above." \
            "Run the command again to retry."
        return 1
    fi
    for file in "${changed[@]}"; do
        fingerprint "$file" > "$(stamp "$file")"
    done
}

stamp() {
    echo ".venv/.installed-$1"
}

fingerprint() {
    cksum < "$1"
}
