"""Errors of language models and of the budgets for them."""

from gallery.core.errors.base import GalleryError


class LlmUnavailable(GalleryError):
    """The provider cannot be reached, answers with an error, or ends an answer early."""

    code = "llm_unavailable"
    status = 503
    retry_after = 10


class LlmTimeout(LlmUnavailable):
    code = "llm_timeout"


class LlmOverloaded(LlmUnavailable):
    """The provider has too many requests, of this site or of all its clients."""

    code = "llm_overloaded"
    retry_after = 30


class LlmBadAnswer(LlmUnavailable):
    """The provider's answer is not in its protocol, or not of the requested form."""

    code = "llm_bad_answer"


class LlmKeyRefused(GalleryError):
    """The provider does not accept the key; a later attempt fails in the same way."""

    code = "llm_key_refused"
    status = 503


class LlmRequestRefused(GalleryError):
    """The provider does not accept the request: no such model, or one that reads no pictures."""

    code = "llm_request_refused"
    status = 503


class LlmBudgetSpent(GalleryError):
    """The budget of the day is spent; ``wait`` is the number of seconds until the next day."""

    code = "llm_budget_spent"
    status = 429

    @property
    def retry_after(self) -> int:  # type: ignore[override]
        return int(self.data.get("wait", 60))
