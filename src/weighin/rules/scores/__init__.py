"""Do the scores follow from what was answered?"""
