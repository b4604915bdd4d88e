"""What a client may show of the frames that it hears, and how far it may then say that it is."""

from tests.session.live_client import Json, Screen


class FaithfulScreen(Screen):
    """Shows what a client may show, and moves a topic's position only past what it holds."""

    def show(self, frame: Json) -> str | None:  # type: ignore[override]
        """Apply a frame; return its topic when something before it is missing."""
        topic, seq = frame["topic"], frame.get("seq")
        known = self.positions.get(topic, 0)
        if seq is not None and seq <= known:
            return None
        super().show(frame)
        if seq is None:
            return None
        if frame["type"] == "message.delta":
            text = self.texts[frame["data"]["message"]]
            is_held = not text.has_gap
            text.has_gap = False
        else:
            is_held = seq == known + 1 or (known == 0 and topic.startswith("user:"))
        self.positions[topic] = seq if is_held else known
        is_compact = topic.startswith("run:") and frame["type"] != "message.delta"  # a snapshot follows or was there
        return None if is_held or is_compact else topic
