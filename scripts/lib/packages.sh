# shellcheck shell=bash
# Installs the commands that are missing: Debian's packages as root or with sudo, else from Python's index where it
# has them, into a virtual environment under build/.
: "${root:?}"

venv=$root/build/venv

as_root() {
  if [[ $(id -u) == 0 ]]; then
    "$@"
  elif command -v sudo >/dev/null && { [[ -t 0 ]] || sudo -n true 2>/dev/null; }; then
    sudo "$@"
  else
    return 1
  fi
}

# apt_install PACKAGE...: non-zero where it cannot.
apt_install() {
  command -v apt-get >/dev/null && as_root true || return 1
  note "apt-get install $*"
  as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq -y install --no-install-recommends "$@" >/dev/null 2>&1 && return
  # The lists of a new machine are empty or old.
  as_root apt-get -qq update >/dev/null 2>&1 || true
  as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq -y install --no-install-recommends "$@" >/dev/null
}

ensure_venv() {
  [[ -x $venv/bin/pip ]] && return
  if ! python3 -c 'import ensurepip' 2>/dev/null; then
    apt_install python3-venv || true
  fi
  python3 -m venv --clear "$venv" >/dev/null 2>&1 && return
  # Without ensurepip, but with a pip that can work for another Python.
  if python3 -m venv --clear --without-pip "$venv" 2>/dev/null &&
    python3 -m pip --quiet --python "$venv/bin/python" install pip 2>/dev/null; then
    return
  fi
  fail "python3 cannot make virtual environments: install it with 'apt-get install python3-venv'"
}

pip_install() {
  ensure_venv && "$venv/bin/pip" install --quiet --disable-pip-version-check "$@" && PATH=$venv/bin:$PATH
}

# have COMMAND: it is there, and new enough where that matters.
have() {
  command -v "$1" >/dev/null || return
  case $1 in
    cmake) version_at_least "$(cmake --version | sed -n '1s/^cmake version //p')" 3.25 ;;
  esac
}

# ensure_commands COMMAND=PACKAGE... : one apt-get for all of them.
ensure_commands() {
  local pair missing=() packages=()
  [[ -d $venv/bin ]] && PATH=$PATH:$venv/bin
  for pair; do
    have "${pair%%=*}" || packages+=("${pair#*=}")
  done
  if ((${#packages[@]})); then
    apt_install "${packages[@]}" || true
  fi
  for pair; do
    have "${pair%%=*}" && continue
    case ${pair%%=*} in
      cmake) pip_install 'cmake>=3.25' 2>/dev/null || true ;;
      ninja) pip_install ninja 2>/dev/null || true ;;
    esac
    have "${pair%%=*}" || missing+=("${pair#*=}")
  done
  if ((${#missing[@]})); then
    fail "missing and not to be had here: install with 'apt-get install ${missing[*]}'"
  fi
}
