#!/usr/bin/env bash
# Judges the evidence and writes every report. It succeeds whatever the verdict is: the last step
# of the action ends with the exit code of the check, once everybody was told.
set -euo pipefail

lines=()
read_lines() { # the lines of a text that are not blank, without what stands around them
  local line
  lines=()
  while IFS= read -r line || [ -n "$line" ]; do
    line=${line#"${line%%[![:space:]]*}"}
    line=${line%"${line##*[![:space:]]}"}
    [ -z "$line" ] || lines+=("$line")
  done <<<"$1"
}

# shellcheck source=.github/action/category.sh
. "$GITHUB_ACTION_PATH/.github/action/category.sh"
read_lines "${INPUT_EVIDENCE:-}"
# Never without evidence: the requirements file would be held valid, and nothing judged.
[ ${#lines[@]} -gt 0 ] || lines=(results)
evidence=()
for line in "${lines[@]}"; do evidence+=("$(below "$line")"); done
read_lines "${INPUT_ARGUMENTS:-}"
arguments=(${lines[@]+"${lines[@]}"})

repository=${ACTION_REPOSITORY:-${GITHUB_ACTION_REPOSITORY:-}}
ref=${ACTION_REF:-${GITHUB_ACTION_REF:-}}
if [ -z "${WEIGHIN_RULES_PAGE:-}" ] && [ -n "$repository" ] && [ -n "$ref" ]; then
  export WEIGHIN_RULES_PAGE="${GITHUB_SERVER_URL:-}/$repository/blob/$ref/docs/rules.md"
fi
[ "${INPUT_SUMMARY:-true}" = true ] || unset GITHUB_STEP_SUMMARY

reports=$(mktemp -d "${RUNNER_TEMP:?}/weighin.XXXXXX")
code=0
"$WEIGHIN" check \
  --format github \
  --format "sarif=$reports/weighin.sarif" \
  --format "markdown=$reports/weighin.md" \
  --format "json=$reports/weighin.json" \
  --format "html=$reports/weighin.html" \
  --format "junit=$reports/weighin.xml" \
  --format "text=$reports/weighin.txt" \
  --fail-on "${INPUT_FAIL_ON:-undecided}" \
  ${arguments[@]+"${arguments[@]}"} \
  -- "$requirements" "${evidence[@]}" || code=$?

# One word of a document of ours; whatever else is there, such as an error, is no verdict.
word='s/^  "outcome": "\(met\|violated\|undecided\|waived\|partial\)",\{0,1\}$/\1/p'
outcome=
if grep -qs '^  "format": "weighin.verdict/' "$reports/weighin.json"; then
  outcome=$(sed -n "$word" "$reports/weighin.json")
  outcome=${outcome%%$'\n'*}
fi
if [ "$code" -eq 0 ] && [ -z "$outcome" ]; then
  echo "::error title=weighin::weighin ended without an error and without a verdict; such as --help among the arguments asks for none"
  code=70
fi
report() { # the path of a report; empty if it could not be written
  if [ -s "$reports/$1" ]; then printf '%s' "$reports/$1"; fi
}
if [ -n "$outcome" ] && [ -s "$reports/weighin.txt" ]; then
  echo "::group::weighin: $outcome"
  cat "$reports/weighin.txt"
  echo "::endgroup::"
fi
{
  echo "exit-code=$code"
  echo "outcome=${outcome:-error}"
  echo "reports=$reports"
  echo "category=$category"
  echo "html=$(report weighin.html)"
  echo "json=$(report weighin.json)"
  echo "junit=$(report weighin.xml)"
  echo "markdown=$(report weighin.md)"
  echo "sarif=$(report weighin.sarif)"
} >>"$GITHUB_OUTPUT"
