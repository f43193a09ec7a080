#!/usr/bin/env bash
# Installs weighin from the checkout of this action: the version is the ref that was asked for.
# Always by -I, and from a folder of the runner: else Python imports `pip`, `venv` or `logging` from
# the checkout, which is the pull request's.
set -euo pipefail
for name in "${!PYTHON@}"; do unset "$name"; done

python=${INPUT_PYTHON:-python3}
if ! "$python" -I -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then
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
case $python in
  /*) ;;
  */*) python=$PWD/$python ;;
esac
environment=$(mktemp -d "${RUNNER_TEMP:?}/weighin-venv.XXXXXX")
cd "$environment"
"$python" -I -m venv "$environment"
bin=$environment/bin
pip=("$bin/python" -I -m pip --quiet --disable-pip-version-check)
"${pip[@]}" install --require-hashes --only-binary :all: \
  --requirement "$GITHUB_ACTION_PATH/.github/action/build.txt"
"${pip[@]}" wheel --no-deps --no-build-isolation --wheel-dir "$environment/wheel" "$GITHUB_ACTION_PATH"
wheel=("$environment"/wheel/*.whl)
"${pip[@]}" install --constraint "$GITHUB_ACTION_PATH/constraints/versions.txt" "${wheel[0]}$extras"
"$bin/weighin" --version
echo "weighin=$bin/weighin" >>"$GITHUB_OUTPUT"
