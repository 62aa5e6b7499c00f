"""Every code of an error in the API, by status, with what it means."""

from __future__ import annotations

# The first of each status is the example in the description of the API.
PROBLEM_TYPES: dict[int, dict[str, str]] = {
    400: {
        "invalid": "The request is not valid. `errors` has an entry for each field, with a code "
        "such as `required`, `blank`, `null`, `max_length`, `max_string_length`, `min_value`, "
        "`max_value`, `invalid_choice`, `not_a_list`, `empty`, `overflow` (a date that no calendar "
        "has), `past`, `exactly_one`, `too_few`, `too_many`, `count`, `unique` or `placeholder`; "
        "the only error of a request gives its code to the whole.",
        "unknown": "There is no parameter or field of this name.",
        "repeated": "A parameter, a field, a key of an object or an image is given more than once.",
        "contradictory": "Two decisions of the request say the opposite about a tag of one image "
        "(`data.index` is the later one). None of them was stored.",
        "cursor": "The cursor is not valid, expired, or of another search (`data.reason`).",
        "parse_error": "The body is not valid JSON, or not a valid form.",
        "empty_file": "The picture file is empty.",
        "invalid_base64": "The text is not base64.",
        "null_character": "A text contains the character U+0000.",
        "surrogate_characters_not_allowed": "A text contains a half of a surrogate pair.",
        "private_needs_owner": "An upload without a login cannot be private.",
        "external_id_needs_owner": "An upload without a login has no external ID.",
        "idempotency_key": "An Idempotency-Key has 1 to 255 visible ASCII characters.",
        "update_needs_owner": "An upload without a login cannot update an image.",
    },
    401: {
        "not_authenticated": "The request needs a login.",
        "authentication_failed": "The token is not valid, or the name and the password are not.",
    },
    403: {
        "permission_denied": "This account may not do it, or the CSRF token of the session is "
        "missing.",
        "fetching_off": "The site fetches no pictures of other servers.",
        "scope": "The token may not do it: it lacks the scope `data.scope`.",
    },
    404: {"not_found": "It does not exist, or you may not see it."},
    406: {"not_acceptable": "The API answers in JSON only."},
    408: {"request_timeout": "The body arrived too slowly."},
    409: {
        "conflict": "The state of the image does not allow it.",
        "external_id_taken": "Another image of yours has the external ID (`data.image_id`).",
        "duplicate": "You have this picture already, as `data.image_id`; without a login: somebody "
        "uploaded it, and you may not see it.",
        "appeal_not_possible": "The image is neither held nor hidden, or you have written about "
        "the decision already.",
        "near_duplicates_changed": "They are not a group of near-duplicates that you may decide "
        "about, or not any more. Read the groups again.",
        "too_many_tags": "The image has too many tags, or you added too many new names today "
        "(`data.limit`).",
        "import_not_running": "The import is paused or complete.",
        "import_not_paused": "The import is not paused.",
        "import_being_deleted": "The import and its images are being deleted already.",
        "too_many_imports": "You have too many imports that are not complete (`data.limit`).",
        "request_in_progress": "The first request with this Idempotency-Key is still answered.",
        "too_many_webhooks": "You have too many webhooks (`data.limit`).",
        "too_many_tokens": "You have too many API tokens (`data.limit`).",
    },
    410: {"events_gone": "Events after the cursor have been deleted. Read all images again."},
    411: {"length_required": "A body needs a Content-Length."},
    412: {"precondition_failed": "The image has another version than those of `If-Match`."},
    413: {
        "file_too_large": "The picture file is larger than `data.limit` bytes.",
        "request_too_large": "The body is larger than this address accepts.",
    },
    415: {
        "unsupported_type": "The bytes are not a picture of a supported format.",
        "camera_raw": "The file is the RAW file of a camera.",
        "unsupported_media_type": "The Content-Type of the body is not supported here.",
    },
    422: {
        "corrupt": "The picture cannot be decoded.",
        "picture_blocked": "The bytes of the picture are not accepted here.",
        "too_many_pixels": "The picture has too many pixels.",
        "too_many_parts": "The file has too many frames, chunks or directories.",
        "too_expensive": "Decoding took more time or memory than a picture may.",
        "decoder_crash": "The decoder crashed.",
        "url_refused": "The text is no URL, or one of a scheme, a port or with a password that is "
        "not fetched.",
        "url_unreachable": "No picture came from the URL in time: the server does not answer, or "
        "it is not a public one.",
        "url_answer": "The server at the URL answered with the status `data.answer`, with a "
        "compressed file, or with too many redirects.",
        "import_refused": "The source is no archive or table that you may import.",
        "source_missing": "The source of the import cannot be opened.",
        "idempotency_key_reused": "Another request was sent with this Idempotency-Key.",
        "bad_embedding": "The encoder computes no usable vector for it.",
    },
    429: {
        "throttled": "Too many requests. Try again after `Retry-After` seconds.",
        "too_many_slow_pictures": "Pictures of your address occupy the decoders for too long.",
        "too_many_bodies": "Uploads of your address are still being received.",
        "llm_budget_spent": "Today's questions to the language model are used up (`data.budget`).",
    },
    503: {
        "database_unavailable": "The database does not answer.",
        "encoder_unavailable": "The encoder is not available.",
        "encoder_mismatch": "The encoder is not the one of the stored vectors.",
        "not_enough_memory": "There is not enough free memory for the encoder.",
        "out_of_memory": "The encoder ran out of memory.",
        "too_busy": "All decoders are occupied.",
        "cache_unavailable": "The cache, which has the picture of the search, does not answer.",
        "storage_unavailable": "The folder for the files cannot be written.",
        "llm_unavailable": "The language model cannot be reached, or its answer ended early.",
        "llm_timeout": "The language model took too long.",
        "llm_overloaded": "The language model has too many requests.",
        "llm_bad_answer": "The answer of the language model cannot be read.",
        "llm_key_refused": "The provider of the language model refuses the key of this site.",
        "llm_request_refused": "The provider of the language model refuses the request.",
    },
    504: {"database_timeout": "A statement of the database took too long."},
    507: {
        "storage_full": "The disk is full.",
        "no_space_for_body": "Other uploads occupy the space for bodies.",
    },
}
