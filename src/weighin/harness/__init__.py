"""Runs lm-eval. Only the modules in this folder import torch, transformers, datasets or lm_eval."""

from weighin.hub_endpoint import require_endpoint, require_proxies
from weighin.log import mask_libraries
from weighin.telemetry import switch_off

# Before any of them is imported: they read the environment then.
switch_off()
require_endpoint()
require_proxies()
mask_libraries()
