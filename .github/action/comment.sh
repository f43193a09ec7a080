#!/usr/bin/env bash
# Comments on the pull request once, and updates that comment: its first line, which nobody sees,
# names the requirements file. Whoever may not comment is told so; that is never a failure.
set -euo pipefail

marker="<!-- ${CATEGORY:?} -->"
owner=${GITHUB_REPOSITORY%%/*}
name=${GITHUB_REPOSITORY#*/}

remark() {
  echo "::notice title=weighin::$1"
  exit 0
}

if [ "${GITHUB_SERVER_URL:-https://github.com}" != https://github.com ]; then
  # Of an enterprise server gh wants to hear the name, and the token by another one.
  export GH_HOST=${GITHUB_SERVER_URL#*://} GH_ENTERPRISE_TOKEN=$GH_TOKEN
fi

command -v gh >/dev/null 2>&1 || remark "no comment: this runner has no program gh"

body=$(mktemp "${RUNNER_TEMP:?}/weighin-comment.XXXXXX")
{
  printf '%s\n' "$marker"
  if [ -n "${MARKDOWN:-}" ]; then
    cat "$MARKDOWN"
  else
    printf '**weighin: no verdict.** The check ended with exit code %s; the log of the job says why.\n' \
      "${EXIT_CODE:-unknown}"
  fi
  # What stands here may be older than the last commit, where a job did not get so far.
  printf '\n<sub>on commit %s</sub>\n' "${COMMIT:-unknown}"
} >"$body"

why_not() { # why gh failed, in words that no runner obeys
  case $(cat "$1") in
    *"not accessible by integration"* | *"HTTP 403"* | *"HTTP 401"*)
      echo "the token may not write to pull requests; the job needs the permission pull-requests: write, which pull requests from forks never have" ;;
    *) echo "gh could not reach the pull request" ;;
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
  remark "no comment: $(why_not "$complaints")"
known=${known%%$'\n'*}

if [ -n "$known" ]; then
  # shellcheck disable=SC2016
  change='mutation($id: ID!, $body: String!) {
    updateIssueComment(input: {id: $id, body: $body}) { issueComment { url } }
  }'
  gh api graphql -f query="$change" -f id="$known" -F body=@"$body" \
    --jq .data.updateIssueComment.issueComment.url 2>"$complaints" ||
    remark "the comment stays as it was: $(why_not "$complaints")"
elif [ -n "${MARKDOWN:-}" ]; then
  gh api "repos/$GITHUB_REPOSITORY/issues/$PULL_REQUEST/comments" -F body=@"$body" \
    --jq .html_url 2>"$complaints" ||
    remark "no comment: $(why_not "$complaints")"
fi
