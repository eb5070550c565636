"""Figures of Portugal's market as they stood in October 2026: official where they matter, drawn by ruler in between."""

from itertools import pairwise

from smartbank.core.market.periods import Period

_CPI = {
    (2007, 5): "73.776 73.738 73.525 73.177 73.505 73.909 74.165 74.249",
    (2008, 1): "74.156 74.163 75.261 75.496 75.827 76.207 75.766 75.384 75.786 75.669 75.187 74.828",
    (2009, 1): "74.348 74.308 74.899 75.086 74.939 74.995 74.597 74.381 74.524 74.566 74.742 74.794",
    (2010, 1): "74.434 74.459 75.323 75.630 75.732 75.876 76.005 75.854 75.993 76.317 76.451 76.675",
    (2012, 1): "79.824 79.888 80.820 81.048 80.764 80.587 80.574 80.459 80.961 81.215 80.960 80.969",
    (2025, 1): "98.116 98.008 99.402 100.121 100.445 100.552 100.200 99.980 100.913 100.924 100.626 100.714",
    (2026, 1): "100.000 100.070 102.094 103.472 103.729 103.787 103.242 103.276",
}
"""Official: INE's consumer price index, 2025 = 100, from a first month on: what the training data needs, and the
last months."""


def consumer_prices():
    return {
        f"{year}-{first + at:02d}": float(value)
        for (year, first), values in _CPI.items()
        for at, value in enumerate(values.split())
    }


def euribor():
    """Monthly averages; the last one, 2.6350455 of September 2026, is official."""
    return _between(
        {
            "2007-01": 3.752,
            "2008-05": 4.857,
            "2008-06": 4.941,
            "2008-10": 5.113,
            "2009-03": 1.635,
            "2009-12": 0.712,
            "2010-10": 0.998,
            "2011-07": 1.598,
            "2012-12": 0.185,
            "2021-12": -0.582,
            "2023-10": 3.968,
            "2025-09": 2.027,
            "2026-05": 2.21,
            "2026-09": 2.6350455,
        }
    )


def daily_euribor():
    """Fixings of 2026; None at weekends and on 29 May."""
    days = _between({"2026-01-02": 2.031, "2026-05-28": 2.231, "2026-10-07": 2.655})
    closed = (day for day in days if Period.parse(day).start.weekday() >= 5 or day == "2026-05-29")
    return days | dict.fromkeys(closed)


def employment():
    """Thousand persons; 5,332.1 in the third quarter of 2025 is 3.7 % more than the year before."""
    return _between(
        {
            "2009-Q1": 5000.0,
            "2013-Q1": 4380.0,
            "2019-Q4": 4900.0,
            "2020-Q4": 4850.0,
            "2024-Q3": 5141.9,
            "2025-Q3": 5332.1,
        }
    )


def confidence():
    """Balances; -21.9 in June 2026 is official."""
    return _between(
        {"2007-01": -33.0, "2009-03": -50.8, "2012-12": -58.9, "2018-05": 1.6, "2022-10": -38.0, "2024-06": -14.9}
        | {"2026-06": -21.9}
    )


def harmonised_prices():
    """Year on year, percent."""
    return _between({"2007-01": 2.6, "2009-07": -1.4, "2011-11": 3.8, "2020-10": -0.6, "2022-10": 10.6, "2026-08": 3.4})


def _between(known):
    """Return the values of every month, quarter or day from the first to the last known one, in straight lines."""
    found, names = {}, list(known)
    for start, end in pairwise(names):
        steps = [Period.parse(start)]
        while steps[-1].text != end:
            steps.append(steps[-1].later(1))
        rise = (known[end] - known[start]) / (len(steps) - 1)
        found |= {each.text: round(known[start] + at * rise, 4) for at, each in enumerate(steps)}
    return found | known
