# shellcheck shell=bash
# Runs named steps, times them, keeps a log of each, and sums up.
# shellcheck source=log.sh
source "${root:?}/scripts/lib/log.sh"

logs=$root/build/logs
passed=()
failed=()
lines=()

# step NAME FUNCTION: a step fails when its function does; the others still run.
step() {
  local name=$1 run=$2 log=$logs/$1.log start=$EPOCHREALTIME seconds status=0
  mkdir -p "$logs"
  printf '%-14s ' "$name"
  # A shell of its own, so that errexit holds inside (it would not under && or if).
  set +e
  (
    set -e
    "$run"
  ) >"$log" 2>&1 </dev/null
  status=$?
  set -e
  seconds=$(awk -v a="$start" -v b="$EPOCHREALTIME" 'BEGIN { printf "%.1f", b - a }')
  if ((status == 0)); then
    passed+=("$name")
    printf '%sok%s      %7s s  %s\n' "$green" "$plain" "$seconds" "$(gist "$log")"
    lines+=("$(printf '%-14s ok      %7s s' "$name" "$seconds")")
  else
    failed+=("$name")
    printf '%sFAILED%s  %7s s\n' "$red" "$plain" "$seconds"
    lines+=("$(printf '%-14s FAILED  %7s s  %s' "$name" "$seconds" "${log#"$root/"}")")
    note "---- the end of ${log#"$root/"}"
    tail -n 120 "$log"
    note "----"
  fi
}

# What a log says of itself in a few words: how many tests ran.
gist() {
  awk '
    /^test result: ok\./ { cargo += $4 }
    /tests passed, [0-9]+ tests failed out of/ { ctest += $NF }
    / passed(,.*)? in [0-9.]+s/ { for (i = 2; i <= NF; i++) if ($i ~ /^passed/) pytest += $(i - 1) }
    /^[0-9]+ passed, [0-9]+ failed$/ { plain += $1 }
    /^[0-9]+ scenarios on Node/ { plain += $1 }
    /\*\*\*Skipped/ { skipped++ }
    END {
      if (cargo) printf "%d cargo tests ", cargo
      if (ctest) printf "%d ctest tests ", ctest
      if (pytest) printf "%d pytest tests ", pytest
      if (plain) printf "%d cases ", plain
      if (skipped) printf "(%d of them skipped) ", skipped
    }' "$1"
}

summary() {
  local line
  printf '\n'
  title "Summary"
  for line in "${lines[@]}"; do
    say "  $line"
  done
  say "  in all $SECONDS s"
  printf '\n%d passed, %d failed\n' "${#passed[@]}" "${#failed[@]}"
  ((${#failed[@]} == 0 && ${#passed[@]} > 0))
}
