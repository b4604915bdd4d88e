"""What the protocol promises of one person's conversations, whatever was done to the processes meanwhile."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from tests.faults.cluster import Cluster
from tests.faults.device import Device, Said
from tests.faults.verify import SAYING, Stored, asked_of_model


@dataclass
class ProtocolModel:
    """Small on purpose: which ends a run may have, and what each of them says about its text."""

    whole: str
    instances_ended: int = 0
    stops: set[str] = field(default_factory=set)  # runs whose stop was acknowledged or may have been

    def check(self, cluster: Cluster, stored: Stored, devices: Sequence[Device]) -> None:
        """Compare what is stored with what may be."""
        for run_id, run in stored.runs.items():
            text, outcome = stored.text(run["message_id"]), run["outcome"]
            assert outcome in self._possible(run_id), (run, self)
            assert self.whole.startswith(text), run
            assert outcome != "done" or text == self.whole, run
        self._check_order(stored)
        self._check_cost(cluster, stored, [said for device in devices for said in device.said])

    def _possible(self, run_id: str) -> set[str]:
        ends = {"done"}
        if run_id in self.stops:
            ends.add("stopped")
        if self.instances_ended:
            ends.add("interrupted")
        return ends

    def _check_order(self, stored: Stored) -> None:
        """In one thread a reply begins when everything before it is over."""
        by_thread: dict[str, list[dict[str, str]]] = {}
        for run in sorted(stored.runs.values(), key=lambda run: int(run["queue_position"])):
            by_thread.setdefault(run["thread_id"], []).append(run)
        for runs in by_thread.values():
            for earlier, later in pairwise(runs):
                assert later["started_at"] is None or later["started_at"] >= earlier["ended_at"], (earlier, later)

    def _check_cost(self, cluster: Cluster, stored: Stored, said: Sequence[Said]) -> None:
        """A model is asked once for each run, but for one that died with its instance before it said a word."""
        for each in said:
            if each.command["cmd"] not in SAYING or each.answer["type"] != "ack":
                continue
            reply = stored.messages[each.answer["reply"]]
            again = [m for m in stored.messages.values() if m["reply_to"] == reply["reply_to"]]
            asked = asked_of_model(cluster, str(each.command["text"]))
            assert asked <= len(again) + self.instances_ended, each
