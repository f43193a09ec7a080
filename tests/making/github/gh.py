"""A small `gh` for tests: comments of one pull request, in a file, and every call recorded.

`--jq` is answered by the real jq. A page holds two comments, so that nobody reads one page only.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

PAGE = 2
STATE = Path(os.environ["FAKE_GH_STATE"])


def main(arguments: list[str]) -> int:
    state = json.loads(STATE.read_text())
    state["calls"].append(arguments)
    STATE.write_text(json.dumps(state))
    if not os.environ.get("GH_TOKEN"):
        sys.stderr.write("gh: to use GitHub CLI in a GitHub Actions workflow, set GH_TOKEN\n")
        return 4
    fields, flags, place = parsed(arguments)
    query = fields.get("query", "")
    is_writing = "mutation" in query or place != "graphql"
    if state["refuses"] == "all" or (state["refuses"] == "writing" and is_writing):
        sys.stderr.write(f"gh: {state['words']}\n")
        return 1
    if len(fields.get("body", "").encode("utf-16-le")) // 2 > state.get("most", 65_536):
        sys.stderr.write("gh: Body is too long (maximum is 65536 characters)\n")
        return 1
    if place == "graphql" and "comments(" in query:
        assert "--paginate" in flags
        for start in range(0, max(len(state["comments"]), 1), PAGE):
            nodes = state["comments"][start : start + PAGE]
            answer({"repository": {"pullRequest": {"comments": {"nodes": nodes}}}}, flags)
    elif place == "graphql":
        (comment,) = [c for c in state["comments"] if c["id"] == fields["id"]]
        comment["body"] = fields["body"]
        answer({"updateIssueComment": {"issueComment": {"url": "https://x.test/c"}}}, flags)
    else:
        assert place == f"repos/{os.environ['GITHUB_REPOSITORY']}/issues/7/comments", place
        number = len(state["comments"]) + 1
        state["comments"].append(
            {"id": f"IC_{number}", "body": fields["body"], "viewerDidAuthor": True}
        )
        printed({"html_url": "https://x.test/c"}, flags)
    STATE.write_text(json.dumps(state))
    return 0


def parsed(arguments: list[str]) -> tuple[dict[str, str], dict[str, str], str]:
    command, place, *rest = arguments
    assert command == "api"
    fields: dict[str, str] = {}
    flags: dict[str, str] = {}
    while rest:
        option = rest.pop(0)
        if option == "--paginate":
            flags[option] = ""
        elif option == "--jq":
            flags[option] = rest.pop(0)
        else:
            assert option in {"-f", "-F"}, option
            name, _, value = rest.pop(0).partition("=")
            is_file = option == "-F" and value.startswith("@")
            fields[name] = Path(value[1:]).read_text() if is_file else value
    return fields, flags, place


def answer(data: object, flags: dict[str, str]) -> None:
    printed({"data": data}, flags)


def printed(document: object, flags: dict[str, str]) -> None:
    done = subprocess.run(
        ["jq", "-r", flags["--jq"]], input=json.dumps(document), text=True, check=False
    )
    assert done.returncode == 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
