import pytest

from smartbank.adapters.extra_columns import read_extra_columns
from smartbank.errors import TrainingDataError


@pytest.fixture
def written(tmp_path):
    def written(content):
        path = tmp_path / "new.csv"
        path.write_bytes(content)
        return path

    return written


@pytest.mark.parametrize("mark", [";", ",", "\t"])
def test_columns_are_read_as_text_whatever_stands_between_them(written, mark):
    path = written("\ufeffincome;branch\n1000;Évora\n;NA\n".replace(";", mark).encode())

    found = read_extra_columns(path, n_rows=2)

    assert found.columns.tolist() == ["income", "branch"]
    assert found.to_numpy().tolist() == [["1000", "Évora"], ["", "NA"]]


def test_an_empty_value_of_a_single_column_is_a_row(written):
    assert read_extra_columns(written(b"income\n1\n\n3\n"), n_rows=3)["income"].fillna("").tolist() == ["1", "", "3"]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"income\n1\n", "has 1 row, and there are 2 training rows"),
        (b"income,income\n1,2\n1,2\n", "or one name twice"),
        (b"income,\n1,2\n1,2\n", "a column without a name"),
        (b"", "is not a CSV file"),
        (b"a,b\n1,2,3\n1,2,3,4\n", "is not a CSV file"),
        (b"\xff\xfe\n1\n2\n", "is not a CSV file"),
    ],
)
def test_a_file_that_does_not_fit_is_refused_with_what_to_do(written, content, sentence):
    with pytest.raises(TrainingDataError, match=sentence):
        read_extra_columns(written(content), n_rows=2)


def test_a_file_that_is_not_there_is_said(tmp_path):
    with pytest.raises(TrainingDataError, match=r"new\.csv cannot be read"):
        read_extra_columns(tmp_path / "new.csv", n_rows=2)
