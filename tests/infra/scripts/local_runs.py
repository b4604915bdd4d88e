"""The fake's revisions as real processes or images of the product, each service behind its front."""

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from localrun.front import Front
from localrun.instance import Images, Instance, NeverReady, SecretValue, Wanted, limits_of, start
from tests.infra.scripts.google.run_service import Json, Started
from tests.infra.scripts.google.world import google_address


@dataclass
class LocalRuns:
    """See google.run_service.Runner. `edge` is where the public address leads; `more` are variables for all."""

    folder: Path
    secret: SecretValue
    public_url: str = "https://chat.example.org"
    edge: str = ""
    more: dict[str, str] = field(default_factory=dict)
    images: Images | None = None
    fronts: dict[str, Front] = field(default_factory=dict)
    instances: dict[str, Instance] = field(default_factory=dict)
    specs: dict[str, Wanted] = field(default_factory=dict)
    ending: list[threading.Thread] = field(default_factory=list)

    def prepare(self, *services: str) -> None:
        """Give services their addresses before anything runs, as Google does."""
        for service in services:
            self.fronts[service] = Front()

    def start(self, service: str, revision: str, spec: Json) -> Started:
        """Start a revision and wait for its startup probe."""
        self.specs[revision] = Wanted(service, revision, spec)
        try:
            self._run(revision)
        except NeverReady as failed:
            return Started(f"The user-provided container failed to start and listen on the port: {failed}")
        return Started()

    def _run(self, revision: str) -> Instance:
        known = self.instances.get(revision)
        if known is None or not known.is_running:
            known = start(self.specs[revision], self.folder, self.secret, self.more, self.images)
            known.wait_until_ready()
            self.instances[revision] = known
        return known

    def service_url(self, service: str) -> str:
        return self.fronts[service].url

    def tag_url(self, service: str, tag: str, revision: str) -> str:
        return f"http://127.0.0.1:{self._run(revision).port}"

    def addresses(self) -> Mapping[str, str]:
        return {google_address(name): front.url for name, front in self.fronts.items()} | {self.public_url: self.edge}

    def route(self, service: str, percents: Mapping[str, int], kept: set[str]) -> None:
        """Start what gets traffic and does not run, send it there, and end what nobody can reach any more."""
        ready = {revision: self._run(revision) for revision in percents}
        ports = {revision: instance.port for revision, instance in ready.items()}
        limits = {revision: limits_of(instance.wanted) for revision, instance in ready.items()}
        self.fronts[service].send_to(percents, ports, limits)
        for revision, instance in self.instances.items():
            if instance.wanted.service == service and revision not in kept and not self.fronts[service].open[revision]:
                thread = threading.Thread(target=instance.end, name=f"end {revision}", daemon=True)
                thread.start()
                self.ending.append(thread)

    def close(self) -> None:
        """End every process, and the fronts."""
        for instance in self.instances.values():
            if instance.is_running:
                thread = threading.Thread(target=instance.end, daemon=True)
                thread.start()
                self.ending.append(thread)
        for thread in self.ending:
            thread.join(30)
        for front in self.fronts.values():
            front.close()
