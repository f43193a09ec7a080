#!/usr/bin/env bash
# Installs weighin from the checkout of this action: the version is the ref that was asked for.
set -euo pipefail

python=${INPUT_PYTHON:-python3}
if ! "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then
  echo "::error title=weighin::expected Python 3.11 or newer, found none as '${python//[^A-Za-z0-9._\/-]/?}'; name one in the input python"
  exit 2
fi
case ${INPUT_EXTRAS:-} in
  "") extras= ;;
  *[!a-z,]*)
    echo "::error title=weighin::extras: expected names such as hub,gguf"
    exit 2
    ;;
  *) extras="[$INPUT_EXTRAS]" ;;
esac
environment=$(mktemp -d "${RUNNER_TEMP:?}/weighin-venv.XXXXXX")
"$python" -m venv "$environment"
bin=$environment/bin
"$bin/python" -m pip install --quiet --disable-pip-version-check \
  --constraint "$GITHUB_ACTION_PATH/constraints/versions.txt" "$GITHUB_ACTION_PATH$extras"
"$bin/weighin" --version
echo "weighin=$bin/weighin" >>"$GITHUB_OUTPUT"
