import subprocess
import sys

import pytest

from tests.start.processes import ROOT

PROGRAM = """
import sys
{first}
import {module}
print("sklearn" in sys.modules, "scipy.stats" in sys.modules)
from sklearn.linear_model import LogisticRegression
import xgboost
print(xgboost.Booster is sys.modules["smartbank.ml.boosting"].xgb.Booster)
"""


def said(module, first=""):
    program = PROGRAM.format(module=module, first=first)
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    return done.stdout.split()


@pytest.mark.parametrize("module", ["smartbank.worker", "smartbank.server", "smartbank.cli.score_folder"])
def test_nothing_that_scores_imports_scikit_learn_which_is_there_for_who_asks(module):
    assert said(module) == ["False", "False", "True"]


def test_where_it_was_imported_before_nothing_changes():
    assert said("smartbank.ml.boosting", "import sklearn.base")[0::2] == ["True", "True"]
