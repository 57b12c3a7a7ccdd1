# shellcheck shell=bash
# What the scripts say. Colours only where a person looks on.

if [[ -t 1 && -z ${NO_COLOR:-} ]]; then
  bold=$'\e[1m' red=$'\e[31m' green=$'\e[32m' dim=$'\e[2m' plain=$'\e[0m'
else
  bold='' red='' green='' dim='' plain=''
fi

title() { printf '%s%s%s\n' "$bold" "$*" "$plain"; }
say() { printf '%s\n' "$*"; }
note() { printf '%s%s%s\n' "$dim" "$*" "$plain"; }
good() { printf '%s%s%s\n' "$green" "$*" "$plain"; }

# The one line in which a script says why it cannot go on.
fail() {
  printf '%serror:%s %s\n' "$red" "$plain" "$*" >&2
  return 1
}
