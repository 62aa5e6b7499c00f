# Sourced by bin/lint and .ci/run after environment.sh: steps, their report, and the lint steps.

failed=()
report="$(mktemp -d)"
trap 'rm -rf "$report"' EXIT

# step NAME COMMAND…: runs the command, prints the result and the time, remembers failures.
step() {
    local name="$1" start=$SECONDS
    shift
    echo "== $name"
    if "$@"; then
        echo "-- $name: ok ($((SECONDS - start)) s)"
    else
        echo "-- $name: FAILED ($((SECONDS - start)) s)"
        failed+=("$name")
    fi
}

print_failed_steps() {
    if [[ ${#failed[@]} -gt 0 ]]; then
        printf 'Steps that failed:'
        printf ' [%s]' "${failed[@]}"
        echo
    fi
}

# Everything that needs neither a database nor a browser.
lint_steps() {
    step "ruff check" .venv/bin/ruff check .
    step "ruff format" .venv/bin/ruff format --check --output-format concise .
    step "mypy" .venv/bin/mypy .
    step "import rules" env PYTHONPATH=. .venv/bin/lint-imports
    step "templates" templates_formatted
    step "translations" translations_compiled
}

templates_formatted() {
    find gallery searchsite -name '*.html' -path '*/templates/*' -print0 \
        | xargs -0 --no-run-if-empty .venv/bin/djade --check --target-version 5.2
}

# Compares text, because different versions of msgfmt write different bytes for the same messages.
translations_compiled() {
    local source compiled stale=0
    if ! command -v msgfmt >/dev/null; then
        echo "msgfmt is missing. On Debian and Ubuntu: apt install gettext"
        return 1
    fi
    while IFS= read -r -d '' source; do
        compiled="${source%.po}.mo"
        if ! msgfmt --check -o "$report/fresh.mo" "$source" || [[ ! -f "$compiled" ]] \
            || ! diff -q <(msgunfmt "$report/fresh.mo") <(msgunfmt "$compiled") >/dev/null; then
            echo "$compiled does not match $source. Run bin/manage compilemessages."
            stale=1
        fi
    done < <(find gallery -name '*.po' -print0)
    return "$stale"
}
