"""Results files of LightEval."""
