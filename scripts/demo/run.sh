#!/usr/bin/env bash
# run.sh ECHO_SERVER: starts the echo server on TCP and on a Unix socket, and lets every foreign client at hand send
# it a text, all byte values, and a megabyte. Exit status 0: each got back what it had sent.
set -euo pipefail
echo_server=$1
here=$(dirname "$(readlink -f "$0")")
root=$here/../..
# shellcheck source=../lib/log.sh
source "$root/scripts/lib/log.sh"

work=$(mktemp -d)
servers=()
stop() {
  if ((${#servers[@]})); then
    kill "${servers[@]}" 2>/dev/null || true
  fi
  rm -rf "$work"
}
trap stop EXIT
trap 'exit 130' INT TERM

# Sets address to what the server says it listens on.
start() {
  local line='' output pipe=$work/output.${#servers[@]}
  mkfifo "$pipe"
  "$echo_server" "$@" >"$pipe" 2>>"$work/complaints" &
  servers+=("$!")
  exec {output}<"$pipe"
  if ! read -r -t 20 line <&"$output" || [[ $line != "listening on "* ]]; then
    fail "echo_server $* did not say where it listens, but: '$line'"
  fi
  address=${line#listening on }
  say "$(basename "$echo_server") $*"
  say "  $line"
}

# What the clients are called; each takes its input to the server and brings the answer.
clients=()
command -v socat >/dev/null && clients+=(socat)
nc -h 2>&1 | grep -q -- '-N' && clients+=(nc)
clients+=(python)
node=$(command -v node || find "$root/build/node/node_modules" -path '*/bin/node' 2>/dev/null | head -n 1 || true)
[[ -n $node ]] && clients+=(node)
if [[ " ${clients[*]} " != *" socat "* && " ${clients[*]} " != *" nc "* ]]; then
  fail "neither socat nor a netcat that knows -N is here: install one with 'apt-get install socat'"
fi

# talk CLIENT KIND ADDRESS
talk() {
  local host=${3%:*} port=${3##*:}
  case $1-$2 in
    socat-tcp) socat -t 20 - "TCP:$3" ;;
    socat-unix) socat -t 20 - "UNIX-CONNECT:$3" ;;
    nc-tcp) nc -N "$host" "$port" ;;
    nc-unix) nc -N -U "$3" ;;
    python-tcp) python3 "$here/client.py" "$host" "$port" ;;
    python-unix) python3 "$here/client.py" "$3" ;;
    node-tcp) "$node" "$here/client.js" "$host" "$port" ;;
    node-unix) "$node" "$here/client.js" "$3" ;;
  esac
}
export -f talk
export here node

results=()
bad=0
# exchange CLIENT KIND ADDRESS FILE
exchange() {
  local answer=$work/answer verdict=same
  timeout 60 bash -c 'talk "$@"' talk "$1" "$2" "$3" <"$4" >"$answer" || verdict="the client failed"
  cmp -s "$4" "$answer" || verdict=DIFFERENT
  python3 "$here/wire.py" "$4" "$answer"
  [[ $verdict == same ]] || { bad=$((bad + 1)) && fail "$verdict" || true; }
  results+=("$(printf '%-8s %-5s %9d bytes there and back: %s' "$1" "$2" "$(stat -c %s "$4")" "$verdict")")
}

python3 - "$work" <<'END'
import pathlib, random, sys
work = pathlib.Path(sys.argv[1])
(work / "1.text").write_text("hello, nodenet\n")
(work / "2.bytes").write_bytes(bytes(range(256)))
(work / "3.megabyte").write_bytes(random.Random(7).randbytes(1 << 20))
END

title "The servers"
declare -A addresses
start --port 0 --host 127.0.0.1
addresses[tcp]=$address
start --path "$work/echo.sock"
addresses[unix]=$address

for client in "${clients[@]}"; do
  for kind in tcp unix; do
    say ""
    title "$client over $kind, ${addresses[$kind]}"
    for file in "$work"/[123].*; do
      exchange "$client" "$kind" "${addresses[$kind]}" "$file"
    done
  done
done

for pid in "${servers[@]}"; do
  kill "$pid" || { bad=$((bad + 1)) && fail "a server ended by itself" || true; }
  wait "$pid" || { bad=$((bad + 1)) && fail "a server did not end cleanly when asked to: status $?" || true; }
done
servers=()
[[ ! -s $work/complaints ]] || { bad=$((bad + 1)) && cat "$work/complaints" && fail "a server complained" || true; }

say ""
title "Summary"
for result in "${results[@]}"; do
  say "  $result"
done
[[ " ${clients[*]} " == *" node "* ]] || note "  (node is not here: its client was left out)"
if ((bad)); then
  fail "$bad things went wrong"
fi
good "${#results[@]} exchanges with ${clients[*]}: all came back whole"
