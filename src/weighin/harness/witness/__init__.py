"""The witness: what it sees in the processes of any evaluation, which it leaves as they are."""
