"""What lies in a results store as a word to whoever finds it."""

README = b"""# Results recorded by weighin

Plain files, never rewritten. `weighin check REQUIREMENTS THIS_FOLDER` judges them.

- `ledger.jsonl`: a line before and after every benchmark, each with the SHA-256 of the one
  before in its run; the first of a run names the last lines of the runs before it.
- `checkpoints/<id>.json`: what each checkpoint was, tensor by tensor; the name is the SHA-256 of
  the file.
- `<model>/<benchmark>/<job>/<attempt>/`: `record.json` is what weighin observed; `lm-eval/` holds
  the harness's own files. `committed.json` names the first
  attempt, which a rerun reuses; every attempt is judged.
"""
README_OF_OBJECTS = b"""# Results recorded by weighin

Objects, never rewritten. `weighin check REQUIREMENTS THIS_PLACE` judges them; so it does a copy of
them in a folder.

- `ledger/<run>/<number>.json`: an event before and after every benchmark, each with the SHA-256 of
  the one before in its run; the first of a run names the last events of the runs before it.
- `checkpoints/<id>.json`: what each checkpoint was, tensor by tensor; the name is the SHA-256 of
  the file.
- `<model>/<benchmark>/<job>/<attempt>/record.json`: what weighin observed. The harness's own files
  are in `blobs/`, named after the SHA-256 by which the record names them. `committed.json` names
  the first attempt, which a rerun reuses; every attempt is judged.
"""
