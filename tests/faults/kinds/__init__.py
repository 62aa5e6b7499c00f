"""All kinds of faults by name. A fault has ended when its function returns."""

from __future__ import annotations

from collections.abc import Callable

from tests.faults.kinds import (
    broker_faults,
    database_faults,
    kill_points,
    machine_faults,
    process_faults,
)
from tests.faults.target import ROLES, Target

# The second argument is how long a fault lasts that has a duration, in seconds.
Strike = Callable[[Target, float], None]

KINDS: dict[str, Strike] = {
    **{f"kill {role}": process_faults.kill(role) for role in ROLES},
    "kill a process of web": process_faults.kill_inner("web"),
    "kill a process of derive": process_faults.kill_inner("derive"),
    "kill a decoder": process_faults.kill_decoder,
    "kill the servers of decoders": process_faults.kill_decoder_servers,
    "kill web, workers and beat": process_faults.kill_all_programs,
    "kill everything, start again": process_faults.kill_everything,
    **{f"freeze {role}": process_faults.freeze(role) for role in ROLES},
    "freeze a process of derive": process_faults.freeze_inner("derive"),
    "freeze a decoder": process_faults.freeze_decoder,
    "freeze the servers of decoders": process_faults.freeze_decoder_servers,
    "broker: FLUSHALL": broker_faults.flush,
    "broker: messages lost": broker_faults.lose_messages,
    "broker: messages duplicated": broker_faults.duplicate_messages,
    "broker: killed": broker_faults.kill("broker"),
    "broker: restarted empty": broker_faults.restart_empty,
    "broker: full": broker_faults.refuse_writes,
    "broker: frozen": broker_faults.freeze("broker"),
    "broker: socket removed": broker_faults.remove_socket,
    "cache: killed": broker_faults.kill("cache"),
    "cache: frozen": broker_faults.freeze("cache"),
    "database: killed": database_faults.kill_server,
    "database: stopped at once": database_faults.stop_at_once,
    "database: a session killed": database_faults.kill_session,
    "database: all sessions ended": database_faults.end_sessions,
    "database: frozen": database_faults.freeze,
    "disk: full": machine_faults.fill_disk,
    "disk: no file may grow": machine_faults.limit_files,
    "clock: an hour ahead": machine_faults.shift_clock(1),
    "clock: an hour back": machine_faults.shift_clock(-1),
    "kill web before the row": kill_points.at_statement(
        "web", "gallery_image", 'INSERT INTO "gallery_image"', inner=True
    ),
    "kill web before message and answer": kill_points.before_the_hint,
    "kill web before a deletion": kill_points.at_statement(
        "web", "gallery_deletedimage", "DELETE", inner=True
    ),
    "kill derive during a decoding": kill_points.during_a_decoding,
    "kill derive before its result": kill_points.at_statement("derive", "gallery_image", "UPDATE"),
    "kill embed before its vectors": kill_points.at_statement(
        "embed", "gallery_embedding", 'INSERT INTO "gallery_embedding"'
    ),
}


def possible(target: Target) -> dict[str, Strike]:
    """Those that can be made on this machine."""
    kinds = dict(KINDS)
    if not target.disk.can_be_filled:
        del kinds["disk: full"]
    if not target.clock.can_be_shifted:
        kinds = {name: strike for name, strike in kinds.items() if not name.startswith("clock")}
    return kinds
