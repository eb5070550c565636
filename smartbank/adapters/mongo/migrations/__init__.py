"""The steps between schema versions, one module a step, and what takes a database along them."""

from smartbank.adapters.mongo.migrations import step_1_2, step_2_3
from smartbank.adapters.mongo.migrations.step import Step

STEPS: tuple[Step, ...] = (step_1_2, step_2_3)
"""In order; the first one leads from version 1 to version 2."""
