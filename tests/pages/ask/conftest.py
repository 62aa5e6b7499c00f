from tests.ask.conftest import make_shown, model, provider

__all__ = ["make_shown", "model", "provider"]
