"""What was scored: fingerprints of checkpoints, their manifests, and how two of them compare.

From the ground up: `facets` and `manifest` say what there is to know; `containers` and `digests`
read tensors and hash them; `folder` knows which files count, `parts` what is not weights,
`numbers` what bytes stand for; `comparison`, `fingerprint` and `published` rest on all of it.
"""
