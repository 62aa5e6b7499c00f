"""Calls at any depth of a request take no memory from the system and return none."""

import resource
from collections.abc import Callable

from searchsite.frame_memory import in_one_piece

_DEPTHS = 250
_CALLS = 500


def _leaf() -> None: ...


def _call_at(depth: int) -> None:
    if depth:
        _call_at(depth - 1)
        return
    for _ in range(_CALLS):
        _leaf()


def _page_faults(function: Callable[..., object], depth: int) -> int:
    before = resource.getrusage(resource.RUSAGE_THREAD).ru_minflt
    function(depth, None)
    return resource.getrusage(resource.RUSAGE_THREAD).ru_minflt - before


def test_no_depth_maps_memory_again_and_again() -> None:
    application = in_one_piece(lambda depth, _: _call_at(depth))
    assert max(_page_faults(application, depth) for depth in range(_DEPTHS)) < _CALLS // 2


def test_answers_and_errors_pass_through() -> None:
    application = in_one_piece(lambda environ, start_response: [environ["name"], start_response])
    assert application({"name": "x"}, "y") == ["x", "y"]
