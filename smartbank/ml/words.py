"""What a group of customers is called in a sentence: one phrase for each level or range of each field."""

from typing import Final

LEVEL_WORDS: Final[dict[str, dict[str, str]]] = {
    "job": {
        "admin.": "administrative staff",
        "blue-collar": "blue-collar workers",
        "entrepreneur": "entrepreneurs",
        "housemaid": "domestic workers",
        "management": "managers",
        "retired": "retired customers",
        "self-employed": "self-employed customers",
        "services": "service workers",
        "student": "students",
        "technician": "technicians",
        "unemployed": "customers out of work",
    },
    "marital": {
        "divorced": "divorced or widowed customers",
        "married": "married customers",
        "single": "single customers",
    },
    "education": {
        "illiterate": "customers who cannot read or write",
        "basic.4y": "customers with four years of school",
        "basic.6y": "customers with six years of school",
        "basic.9y": "customers with nine years of school",
        "high.school": "customers who finished high school",
        "professional.course": "customers with a vocational course",
        "university.degree": "customers with a university degree",
    },
    "default": {"yes": "customers with a credit in default", "no": "customers without a credit in default"},
    "housing": {"yes": "customers with a housing loan", "no": "customers without a housing loan"},
    "loan": {"yes": "customers with a personal loan", "no": "customers without a personal loan"},
    "contact": {"cellular": "reached on a mobile phone", "telephone": "reached on a landline"},
    "poutcome": {
        "failure": "customers who did not buy in the last campaign",
        "nonexistent": "customers new to our campaigns",
        "success": "customers who bought in the last campaign",
    },
}

RANGE_WORDS: Final[dict[str, tuple[tuple[float, str], ...]]] = {
    "age": (
        (20, "younger than 20"),
        (30, "aged 20 to 29"),
        (40, "aged 30 to 39"),
        (50, "aged 40 to 49"),
        (60, "aged 50 to 59"),
        (70, "aged 60 to 69"),
        (float("inf"), "aged 70 or older"),
    ),
    "attempt": (
        (2, "first attempt"),
        (3, "second attempt"),
        (4, "third attempt"),
        (5, "fourth attempt"),
        (6, "fifth attempt"),
        (11, "sixth to tenth attempt"),
        (float("inf"), "eleventh attempt or later"),
    ),
    "previous": (
        (1, "never called in an earlier campaign"),
        (2, "called once in earlier campaigns"),
        (3, "called twice in earlier campaigns"),
        (float("inf"), "called three times or more in earlier campaigns"),
    ),
    "days_since_contact": (
        (4, "last contacted 3 days ago or less"),
        (7, "last contacted 4 to 6 days ago"),
        (15, "last contacted 1 to 2 weeks ago"),
        (float("inf"), "last contacted over 2 weeks ago"),
    ),
}
"""Upper end (not included) and phrase of each range, rising."""

UNKNOWN_WORDS: Final[dict[str, str]] = {
    "age": "customers of unknown age",
    "job": "customers whose job is not known",
    "marital": "customers whose marital status is not known",
    "education": "customers whose education is not known",
    "default": "customers of whom no credit history is known",
    "housing": "customers whose housing loan is not known",
    "loan": "customers whose personal loan is not known",
    "contact": "customers whose channel is not known",
    "attempt": "customers whose attempts are not known",
    "previous": "customers whose earlier calls are not known",
    "poutcome": "customers whose last campaign is not known",
    "days_since_contact": "customers without a date of an earlier contact",
}
