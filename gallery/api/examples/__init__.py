"""Examples of requests and answers in the description of the API, by operation."""

from gallery.api.examples import (
    asking,
    images,
    imports,
    integration,
    map,
    moderation,
    near_duplicates,
    recommendations,
    searching,
    site,
    tags,
)

EXAMPLES = {
    **asking.EXAMPLES,
    **images.EXAMPLES,
    **imports.EXAMPLES,
    **integration.EXAMPLES,
    **map.EXAMPLES,
    **moderation.EXAMPLES,
    **near_duplicates.EXAMPLES,
    **recommendations.EXAMPLES,
    **searching.EXAMPLES,
    **site.EXAMPLES,
    **tags.EXAMPLES,
}
