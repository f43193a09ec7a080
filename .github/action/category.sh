#!/usr/bin/env bash
# Read by the other scripts: where the requirements file lies, and what its report is called.
set -euo pipefail

# A workflow's PYTHONPATH may name a folder of the checkout, which is the pull request's.
for name in "${!PYTHON@}"; do unset "$name"; done

folder=${INPUT_WORKING_DIRECTORY:-.}
folder=${folder%/}/
[ "$folder" != ./ ] || folder=

below() { # a path below the working directory, as seen from the repository's root
  case $1 in
    /*) printf '%s' "$1" ;;
    *) printf '%s' "$folder$1" ;;
  esac
}

requirements=$(below "${INPUT_REQUIREMENTS:?}")
# By what every POSIX system has: two requirements files must never share a name.
category=$(printf '%s' "$requirements" | cksum)
category=weighin-${category/ /-}
if ! [[ $category =~ ^weighin-[0-9]+-[0-9]+$ ]]; then
  echo "::error title=weighin::the reports could not be named: expected two numbers of cksum"
  exit 70
fi
