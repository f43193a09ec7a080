"""What explains a verdict: the answer in sentences, the scores, the words, the rules."""
