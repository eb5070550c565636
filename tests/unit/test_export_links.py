import pytest
from starlette.datastructures import QueryParams

from smartbank.core.ranking import RankFilter
from smartbank.errors import NotFoundError
from smartbank.web.export_routes import filter_of


def test_an_address_says_which_leads_are_meant():
    assert filter_of(QueryParams("band=B&band=A&band=B&from=0.2&best=30")) == RankFilter(("A", "B"), 0.2, 30)
    assert filter_of(QueryParams("free=1")) == RankFilter(free_only=True)
    assert filter_of(QueryParams("free=0")) == filter_of(QueryParams("")) == RankFilter()


@pytest.mark.parametrize(
    "query",
    [
        "band=E",
        "from=1.1",
        "from=nan",
        "from=x",
        "best=-1",
        "best=2.5",
        "free=2",
        "free=yes",
        "best=1" + "0" * 30,
        "best=1" * 5000,
    ],
)
def test_one_that_says_anything_else_is_not_right(query):
    with pytest.raises(NotFoundError, match="This link is not right"):
        filter_of(QueryParams(query))
