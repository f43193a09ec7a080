"""Where observations come from: logs of any harness, weighin's store, scorecards, hubs, signatures.

`collecting` reads everything at some paths; `formats` has a folder for each log format.
"""
