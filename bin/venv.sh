# Sourced by environment.sh: creates .venv and keeps it up to date, or says why it cannot.

# ensure_packages FILE…: installs the requirements of each file that changed since the last time.
ensure_packages() {
    local file python changed
    trap 'message; message "Interrupted. Run the command again to continue."; exit 130' INT
    if ! venv_works; then
        may_change_venv && python="$(find_python)" && check_machine "$python" && open_log \
            && make_venv "$python" || return 1
    fi
    changed="$(changed_files "$@")"
    if [[ -n "$changed" ]]; then
        # shellcheck disable=SC2086  # names of files in this repository
        may_change_venv && open_log && install $changed || return 1
        for file in $changed; do
            fingerprint "$file" > "$(stamp "$file")"
        done
    fi
    trap - INT
}

# require_packages FILE…: fails where ensure_packages would have to change something.
require_packages() {
    if [[ ! -e .venv || -e .venv/.unfinished ]]; then
        message "Searchsite is not installed yet: bin/run installs it."
    elif venv_works && [[ -z "$(changed_files "$@")" ]]; then
        return
    elif ! venv_works && [[ ! -O .venv ]]; then
        message "$(id -un) cannot use $PWD/.venv, which belongs to $(owner_of .venv)." \
            "Run the command as $(owner_of .venv)."
    else
        message "The packages have to be installed again: stop bin/run and start it," \
            "then run this command."
    fi
    return 1
}

# An interrupted start leaves the mark .unfinished.
venv_works() {
    [[ ! -e .venv/.unfinished ]] && supported .venv/bin/python
}

# Not even root may change the .venv of somebody else, whose site may be running from it.
may_change_venv() {
    if [[ -e .venv && ! -O .venv ]]; then
        message "$PWD/.venv belongs to $(owner_of .venv), and its packages have to be installed" \
            "again. Run the command as $(owner_of .venv), or in a clone that belongs to $(id -un)."
        return 1
    elif [[ ! -e .venv && ! -w . ]]; then
        message "$(id -un) may not write to $PWD. Run the command as $(owner_of .)," \
            "or in a clone that belongs to $(id -un)."
        return 1
    fi
}

owner_of() {
    # shellcheck disable=SC2012  # stat has different options on Linux and macOS
    ls -ldL "$1" | awk '{ print $3 }'
}

# Says what the first start needs; fails if this machine has too little of it.
check_machine() {
    # Ctrl-C has its own message; Python would print a traceback.
    (trap '' INT; "$1" -P searchsite/local/machine.py >&2)
}

# Sets $log, an empty file for the output of venv and pip.
open_log() {
    log="${SEARCHSITE_VAR:-var}/log/pip.log"
    if ! (umask 077 && mkdir -p "$(dirname "$log")" && : > "$log"); then
        message "The log $log cannot be written. SEARCHSITE_VAR names another directory than var."
        return 1
    fi
}

make_venv() {
    message "Creating .venv with $("$1" --version)…"
    rm -rf .venv && mkdir .venv && : > .venv/.unfinished || return 1
    if "$1" -m venv .venv > "$log" 2>&1; then
        rm .venv/.unfinished
        return
    fi
    grep -i 'error' "$log" | tail -1 >&2
    message "The virtual environment could not be created; all messages are in $log."
    if ! "$1" -c 'import ensurepip' 2>/dev/null; then
        message "On Debian and Ubuntu: apt install python3-venv"
    fi
    return 1
}
