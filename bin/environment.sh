# Sourced by the scripts of this directory: their environment, and the Python that they use.
# All messages go to stderr, because stdout belongs to the command that the script runs.

if [[ -n "${SEARCHSITE_VAR:-}" && "$SEARCHSITE_VAR" != /* ]]; then
    export SEARCHSITE_VAR="$PWD/$SEARCHSITE_VAR"
fi
cd "$(dirname "${BASH_SOURCE[0]}")/.."
export DJANGO_SETTINGS_MODULE=searchsite.settings
export PYTHONUNBUFFERED=1
# What messages of the site tell people to type.
export SEARCHSITE_MANAGE=bin/manage
# macOS ends a forked process that uses a system library which its parent has loaded.
export OBJC_DISABLE_INITIALIZE_FORK_SAFETY=YES

message() {
    echo "$@" >&2
}

supported() {
    "$1" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' 2>/dev/null
}

find_python() {
    local candidate
    if [[ -n "${PYTHON:-}" ]]; then
        if supported "$PYTHON"; then
            echo "$PYTHON"
            return
        fi
        message "PYTHON names $PYTHON, which is not a Python 3.11, 3.12 or 3.13."
        return 1
    fi
    for candidate in python3.11 python3.12 python3.13 python3 python; do
        if supported "$candidate"; then
            echo "$candidate"
            return
        fi
    done
    message "Searchsite needs Python 3.11, 3.12 or 3.13, and" \
        "$(python3 --version 2>/dev/null || echo no Python) was found."
    message "Install one (Debian, Ubuntu: apt install python3 python3-venv)," \
        "or name it: PYTHON=/path/to/python3.11 $0"
    return 1
}

source bin/packages.sh
source bin/venv.sh
