"""What every page needs, loaded before the first visitor comes."""

import gc
import importlib
import pkgutil

import smartbank.ui


def load_screens() -> None:
    """Import all that the pages import, and have the garbage collector pass over what is there by now.

    What is there are some 270,000 objects of libraries, which are never garbage; looking through them takes a fifth of
    a second in which no page goes on. Without them a collection is short, and comes as soon as sessions leave some.
    """
    for module in pkgutil.iter_modules(smartbank.ui.__path__, "smartbank.ui."):
        importlib.import_module(module.name)
    gc.collect()
    gc.freeze()
