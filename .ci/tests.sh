# Sourced by .ci/run after bin/steps.sh: runs all tests, and counts those that passed and failed.

passed_tests=0
failed_tests=0
last_failed=.pytest_cache/v/cache/lastfailed

# Tests wait for processes and browsers with time limits, so one can fail because other programs
# had the processors. Failed tests therefore run once more, alone, and those that fail again count.
# More than five failures have another reason.
tests() {
    local status=0
    rm -f "$last_failed"
    bin/test --color=no 2>&1 | tee "$report/everyday" || status=1
    bin/test -m slow --color=no 2>&1 | tee "$report/slow" || status=1
    passed_tests=$(($(count passed everyday) + $(count passed slow)))
    failed_tests=$(($(count '(failed|errors?)' everyday) + $(count '(failed|errors?)' slow)))
    if [[ $status -eq 0 || $failed_tests -eq 0 || $failed_tests -gt 5 ]]; then
        return "$status"
    fi
    repeat_failed_tests
}

repeat_failed_tests() {
    local status=0 unsteady
    failed_names >"$report/failed once"
    echo "== failed tests, once more"
    bin/test -m "" --last-failed --color=no 2>&1 | tee "$report/repeated" || status=1
    failed_names >"$report/failed twice"
    unsteady="$(comm -23 "$report/failed once" "$report/failed twice")"
    if [[ -n "$unsteady" ]]; then
        sed 's/^/unsteady: /' <<<"$unsteady"
        passed_tests=$((passed_tests + $(wc -l <<<"$unsteady")))
    fi
    failed_tests=$(wc -l <"$report/failed twice")
    return "$status"
}

failed_names() {
    sed -nE 's/^ *"(.*)": true,?$/\1/p' "$last_failed" | sort
}

# count WORD RUN: the sum of the numbers before WORD, an extended pattern, in pytest's last line.
count() {
    tail -5 "$report/$2" | grep -E '^=*.*[0-9]+ (passed|failed|errors?).* in [0-9.]+s' | tail -1 \
        | grep -oE "[0-9]+ $1" | awk '{sum += $1} END {print sum + 0}'
}
