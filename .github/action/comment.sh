#!/usr/bin/env bash
# Comments on the pull request once, and updates that comment: its first line, which nobody sees,
# names the requirements file. Whoever may not comment is told so; that is never a failure.
set -euo pipefail

# shellcheck source=.github/action/category.sh
. "$GITHUB_ACTION_PATH/.github/action/category.sh"
marker="<!-- $category -->"
owner=${GITHUB_REPOSITORY%%/*}
name=${GITHUB_REPOSITORY#*/}

remark() { # a level of annotation, and what it says
  echo "::$1 title=weighin::$2"
  exit 0
}

if [ "${GITHUB_SERVER_URL:-https://github.com}" != https://github.com ]; then
  # Of an enterprise server gh wants to hear the name, and the token by another one.
  export GH_HOST=${GITHUB_SERVER_URL#*://} GH_ENTERPRISE_TOKEN=$GH_TOKEN
fi

command -v gh >/dev/null 2>&1 || remark warning "no comment, and one of an earlier commit stays as it was: this runner has no program gh"

job="the job"
if [ -n "${GITHUB_RUN_ID:-}" ]; then
  job="[the job](${GITHUB_SERVER_URL:-}/$GITHUB_REPOSITORY/actions/runs/$GITHUB_RUN_ID)"
fi
case ${OUTCOME:-} in
  "" | error) outcome="no verdict" ;;
  *) outcome=$OUTCOME ;;
esac
case ${EXIT_CODE:-} in
  "") ended="there was no check" ;;
  *) ended="exit code $EXIT_CODE" ;;
esac
headline="**weighin: $outcome** for commit ${COMMIT:-unknown} ($ended)."

# GitHub refuses more than 65,536 units of UTF-16: all bytes but those that continue a character,
# and one more where it needs two.
up_to() {
  LC_ALL=C awk -v most="$1" '{
    line = $0
    units = length(line) + 1 - gsub(/[\200-\277]/, "", line) + gsub(/[\360-\367]/, "", line)
    if ((sum += units) > most) exit
    print
  }'
}

short=$(mktemp "${RUNNER_TEMP:?}/weighin-short.XXXXXX")
printf '%s\n%s The log and the summary of %s say more.\n' "$marker" "$headline" "$job" >"$short"
body=$(mktemp "${RUNNER_TEMP:?}/weighin-comment.XXXXXX")
if [ -n "${MARKDOWN:-}" ] && [ -s "$MARKDOWN" ]; then
  up_to 64000 <"$MARKDOWN" >"$body.part"
  {
    printf '%s\n' "$marker"
    # Above the report: what is cut may end within a list or a block of code.
    cmp -s "$MARKDOWN" "$body.part" ||
      printf '%s The report is cut to what a comment may hold; all of it is in the summary of %s.\n\n' \
        "$headline" "$job"
    cat "$body.part"
    # What stands here may be older than the last commit, where a job did not get so far.
    printf '\n<sub>on commit %s</sub>\n' "${COMMIT:-unknown}"
  } >"$body"
else
  cat "$short" >"$body"
fi

is_forbidden() { # whether gh failed for want of a permission
  case $(cat "$1") in
    *"rate limit"* | *locked*) false ;;
    *"not accessible by "* | *"HTTP 403"* | *"HTTP 401"*) true ;;
    *) false ;;
  esac
}

why_not() { # why gh failed, in words that no runner obeys
  case $(cat "$1") in
    *"ody is too long"*) echo "GitHub says that the body is too long" ;;
    *"rate limit"*) echo "GitHub says that its rate limit is exceeded" ;;
    *)
      if is_forbidden "$1"; then
        echo "the token may not write to pull requests; the job needs the permission pull-requests: write, which pull requests from forks never have"
      else
        echo "gh failed: $(tr -c '[:alnum:] ._/()-' ' ' <"$1" | cut -c1-200)"
      fi
      ;;
  esac
}

complaints=$(mktemp "${RUNNER_TEMP:?}/weighin-gh.XXXXXX")
# Only a comment of ours: anybody can write the first line, and we may be able to change theirs.
# shellcheck disable=SC2016
listing='query($owner: String!, $name: String!, $number: Int!, $endCursor: String) {
  repository(owner: $owner, name: $name) {
    pullRequest(number: $number) {
      comments(first: 100, after: $endCursor) {
        nodes { id body viewerDidAuthor }
        pageInfo { hasNextPage endCursor }
      }
    }
  }
}'
ours=".data.repository.pullRequest.comments.nodes[]
  | select(.viewerDidAuthor and (.body | startswith(\"$marker\"))) | .id"
known=$(gh api graphql --paginate -f query="$listing" -f owner="$owner" -f name="$name" \
  -F number="$PULL_REQUEST" --jq "$ours" 2>"$complaints") ||
  if is_forbidden "$complaints"; then
    remark notice "no comment: $(why_not "$complaints")"
  else
    remark warning "no comment, and one of an earlier commit stays as it was: $(why_not "$complaints")"
  fi
known=${known%%$'\n'*}

# shellcheck disable=SC2016
change='mutation($id: ID!, $body: String!) {
  updateIssueComment(input: {id: $id, body: $body}) { issueComment { url } }
}'
put() { # the text of a file into the comment that there is, or into a new one
  if [ -n "$known" ]; then
    gh api graphql -f query="$change" -f id="$known" -F body=@"$1" \
      --jq .data.updateIssueComment.issueComment.url 2>"$complaints"
  else
    gh api "repos/$GITHUB_REPOSITORY/issues/$PULL_REQUEST/comments" -F body=@"$1" \
      --jq .html_url 2>"$complaints"
  fi
}

# Without a comment and without a report there is nothing to set right.
[ -n "$known" ] || [ -n "${MARKDOWN:-}" ] || exit 0
if put "$body"; then exit 0; fi
why=$(why_not "$complaints")
if ! is_forbidden "$complaints" && put "$short"; then
  remark warning "the comment says the outcome only: $why"
fi
if [ -z "$known" ]; then remark notice "no comment: $why"; fi
# A red job tells whoever reads an old green comment; an error leads there.
if [ "${EXIT_CODE:-1}" = 0 ]; then level=warning; else level=error; fi
remark "$level" "the comment on the pull request is of an earlier commit and stays as it was: $why"
