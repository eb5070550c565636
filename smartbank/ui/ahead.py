"""What every page needs, loaded before the first visitor comes."""

import gc
import importlib
import pkgutil

import smartbank.ui


def load_screens() -> None:
    """Import all that the pages import, and have the garbage collector pass over what is there by now.

    Streamlit collects garbage each time a page was drawn (`runner.postScriptGC`), so that a closed session leaves
    nothing behind, and no page goes on meanwhile. Most of what it looked through were some 270,000 objects of
    libraries, which are never garbage.
    """
    for module in pkgutil.iter_modules(smartbank.ui.__path__, "smartbank.ui."):
        importlib.import_module(module.name)
    gc.collect()
    gc.freeze()
