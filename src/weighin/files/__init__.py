"""Files and the text in them: opened once, read in bounds, parsed strictly, written whole or not.

`opened` and `bounded` read, `written` writes; `canonical` and `foreign_json` are JSON, of ours and
of others; `yaml` is YAML with places, and `problems` what is wrong at a place.
"""
