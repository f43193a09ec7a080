"""Give a checkpoint another default system prompt: same weights, another chat template.

Usage:
    python tasks/demo/edit_template.py CHECKPOINT OUT_DIR [--system-prompt TEXT]

The weights and all other files are hard links where the file system allows it.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from checkpoint_folder import CHAT_TEMPLATE, link_or_copy, new_folder, repeat_files

RELEASED_PROMPT = "You are a helpful AI assistant named SmolLM, trained by Hugging Face"
EDITED_PROMPT = "You are an expert. Think of the most common answer and give it in one word"


def with_system_prompt(template: str, system_prompt: str) -> str:
    """The template with the default system prompt replaced.

    Raises:
        ValueError: The released prompt does not occur exactly once, or the new one would need
            escaping in the template.
    """
    if (found := template.count(RELEASED_PROMPT)) != 1:
        raise ValueError(
            f"{CHAT_TEMPLATE}: expected the released prompt once, found it {found} times"
        )
    if any(character in system_prompt for character in "'\\{}"):
        raise ValueError("system prompt: expected no quotes, backslashes or braces")
    return template.replace(RELEASED_PROMPT, system_prompt)


def main() -> int:
    """Write the edited checkpoint. Returns the exit status."""
    parser = argparse.ArgumentParser(description="Copy a checkpoint, with an edited chat template.")
    parser.add_argument("checkpoint", type=Path)
    parser.add_argument("out_dir", type=Path)
    parser.add_argument("--system-prompt", default=EDITED_PROMPT, help="default: %(default)r")
    arguments = parser.parse_args()
    template = (arguments.checkpoint / CHAT_TEMPLATE).read_bytes().decode()
    edited = with_system_prompt(template, arguments.system_prompt)
    with new_folder(arguments.out_dir) as building:
        repeat_files(arguments.checkpoint, building, CHAT_TEMPLATE, link_or_copy)
        (building / CHAT_TEMPLATE).write_bytes(edited.encode())
    print(
        f"{arguments.out_dir}: written; the default system prompt is now: {arguments.system_prompt}"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
