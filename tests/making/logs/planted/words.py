"""Words that findings share, and commits that logs of Qwen3-8B name."""

# The other log says nothing, or has the default: each of these words says so.
UNSET = (
    "not set", "unset", "default", "says nothing", "not recorded", "sets none", "does not set",
    "without", "none", "absent", "nothing",
)  # fmt: skip
COMMIT = "b968826d9c46dd6066d109eabc6255188de91218"
OTHER_COMMIT = "e" * 40
WEIGHTS = ("same-weights", "one-artifact-per-name")
