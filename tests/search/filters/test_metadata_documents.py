from __future__ import annotations

import pytest

from gallery.core.errors import InvalidInput
from gallery.search.filters.metadata_documents import conditions_of


@pytest.mark.parametrize("tests", [{}, {"$gt": None}, {"$eq": 1, "$in": [1, 2]}])
def test_a_condition_that_would_be_ignored_is_refused(tests: object) -> None:
    with pytest.raises(InvalidInput):
        conditions_of({"price": tests})


def test_both_kinds_of_excluded_values_apply() -> None:
    [condition] = conditions_of({"colour": {"$ne": "red", "$nin": ["blue", "green"]}})
    assert condition.none_of == ("red", "blue", "green")
