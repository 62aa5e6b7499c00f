# Sourced by environment.sh: which requirements have changed, and their installation.

changed_files() {
    local file
    for file in "$@"; do
        if [[ "$(fingerprint "$file")" != "$(cat "$(stamp "$file")" 2>/dev/null)" ]]; then
            echo "$file"
        fi
    done
}

# install FILE…: pip's output and warnings are in the log, and one line says how far it is.
install() {
    local file arguments=()
    for file in "$@"; do
        arguments+=(-r "$file")
    done
    if .venv/bin/python -m pip install --disable-pip-version-check --no-input --progress-bar off \
        "${arguments[@]}" 2>&1 | tee "$log" | show_progress "$@"; then
        return
    fi
    grep -iE '^ *(ERROR|error:)|No space left' "$log" | tail -5 >&2
    message "The packages could not be installed; all messages are in $log." \
        "Run the command again to retry."
    return 1
}

# show_progress FILE…: reads pip's output. While pip installs, which prints nothing, the installed
# packages are counted every second on a terminal; bash 3.2 of macOS cannot wait for a time.
show_progress() {
    local line count=0 total installing="" wait_time=""
    total="$(cat "$@" | grep -c '==')"
    while true; do
        # shellcheck disable=SC2086  # one option or none
        if IFS= read -r $wait_time line; then
            case "$line" in
                Collecting*|Processing*|"Requirement already satisfied"*)
                    count=$((count + 1))
                    total=$((count > total ? count : total))
                    progress_line "Packages: $count of $total downloaded"
                    ;;
                "Installing collected packages"*)
                    progress_line "Packages: $count of $total downloaded; installing them…"
                    installing=yes
                    [[ -t 2 && ${BASH_VERSINFO[0]} -gt 3 ]] && wait_time="-t1"
                    ;;
            esac
        elif [[ $? -gt 128 ]]; then
            progress_line "Packages: $(installed_packages) of $total installed                  "
        else
            break
        fi
    done
    if [[ -n "$installing" || ( -t 2 && $count -gt 0 ) ]]; then
        message
    fi
}

# Without pip, which venv installs.
installed_packages() {
    set -- .venv/lib/*/site-packages/*.dist-info
    echo $(($# - 1))
}

# A line that replaces itself on a terminal. In a file, the last one of its kind is enough.
progress_line() {
    if [[ -t 2 ]]; then
        printf '\r%s' "$1" >&2
    elif [[ "$1" == *… ]]; then
        printf '%s' "$1" >&2
    fi
}

stamp() {
    echo ".venv/.installed-$1"
}

fingerprint() {
    cksum < "$1"
}
