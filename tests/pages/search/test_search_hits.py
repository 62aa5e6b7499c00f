"""What the search page shows of a result; the engine's tests check the result itself."""

import uuid

import pytest
from django.http import QueryDict

from gallery.models import Image
from gallery.pages.search.address import SearchAddress
from gallery.pages.search.hits import ShownHits, shown_hits
from gallery.search.query import Band, Hit, Order, Reason, ResultPage, SearchQuery, Total

ADDRESS = SearchAddress.of(QueryDict("q=penguin&cursor=old"))


def hit(band: Band | None = Band.GOOD, *reasons: Reason, copies: int = 0) -> Hit:
    image = Image(id=uuid.uuid4(), title="A picture")
    return Hit(image, 0.5, band, reasons or (Reason.MEANING,), copies)


def shown(*hits: Hit, query: SearchQuery | None = None, **fields: object) -> ShownHits:
    query = query or SearchQuery(text="penguin")
    page = ResultPage(list(hits), encoder="builtin", took_ms=1.0, query=query, **fields)  # type: ignore[arg-type]
    return shown_hits(page, ADDRESS)


def labels(hits: ShownHits) -> list[str]:
    return [str(shown.label or "") for shown in hits.relevant]


def test_weak_hits_are_apart() -> None:
    strong, good, weak = hit(Band.STRONG), hit(Band.GOOD), hit(Band.WEAK)
    hits = shown(strong, good, weak)
    assert [shown.hit for shown in hits.relevant] == [strong, good]
    assert [shown.hit for shown in hits.weak] == [weak]


def test_hits_without_a_band_are_not_weak() -> None:
    hits = shown(hit(None))
    assert len(hits.relevant) == 1
    assert not hits.weak


def test_the_weak_count_includes_later_pages() -> None:
    hits = shown(hit(copies=2), hit(Band.WEAK), next="x", total=Total(30, exact=True))
    assert hits.weak_count == 27
    assert shown(hit(), hit(Band.WEAK)).weak_count == 1


def test_counts_add_up_to_the_total() -> None:
    hits = shown(hit(copies=9), hit(Band.WEAK, copies=1), next="x", total=Total(261, exact=True))
    assert hits.relevant_count == 10
    assert hits.shown_count == 12
    assert hits.weak_count == 251


@pytest.mark.parametrize(
    ("query", "total"),
    [
        (SearchQuery(text="x"), Total(30, exact=False)),
        (SearchQuery(text="x", min_similarity=0.1), Total(30, exact=True)),
        (SearchQuery(text="x", order=Order.NEWEST), Total(30, exact=True)),
        (SearchQuery(text="x", cursor="x"), Total(30, exact=True)),
    ],
)
def test_no_weak_count_without_knowing_it(query: SearchQuery, total: Total) -> None:
    hits = shown(hit(), hit(Band.WEAK), query=query, next="x", total=total)
    assert hits.weak_count is None


def test_matching_words_are_the_label() -> None:
    hits = shown(hit(Band.STRONG, Reason.TITLE, Reason.CAPTION, Reason.MEANING), hit(), hit())
    assert labels(hits) == ["Title", "", ""]


def test_looking_like_it_is_said_as_exception() -> None:
    hits = shown(hit(Band.STRONG, Reason.TITLE), hit(Band.STRONG, Reason.FILE_NAME), hit())
    assert labels(hits) == ["Title", "File name", "Looks like it"]


def test_a_reason_of_all_hits_is_not_said() -> None:
    assert labels(shown(*[hit(Band.STRONG, Reason.TITLE) for _ in range(3)])) == ["", "", ""]


def test_the_next_page_keeps_the_search() -> None:
    assert str(shown(hit(), next="new").next) == "/search/?q=penguin&cursor=new"


def test_feedback_is_added_and_taken_back() -> None:
    one = hit()
    key = one.image.pk
    [neutral] = shown(one).relevant
    assert str(neutral.more) == f"/search/?q=penguin&more={key}"
    assert str(neutral.less) == f"/search/?q=penguin&less={key}"
    [liked] = shown(one, query=SearchQuery(text="penguin", liked=(key,))).relevant
    assert liked.liked
    assert str(liked.more) == "/search/?q=penguin"


def test_liking_ends_a_dislike() -> None:
    one = hit()
    address = ADDRESS.with_value("less", one.image.pk)
    query = SearchQuery(text="penguin", disliked=(one.image.pk,))
    page = ResultPage([one], encoder="builtin", took_ms=1.0, query=query)
    [disliked] = shown_hits(page, address).relevant
    assert str(disliked.more) == f"/search/?q=penguin&more={one.image.pk}"
