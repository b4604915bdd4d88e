"""Tokens of this process's own account, from a metadata server as Google's machines have one."""

from datetime import timedelta

import pytest
from aiohttp import web

from emergence.kernel.clock import SystemClock
from emergence.kernel.errors import Unavailable
from emergence.kernel.events.bus.pubsub_api import PubsubApi, PubsubMessage
from emergence.kernel.google_metadata import GoogleMetadata
from tests.frozen_clock import FrozenClock
from tests.scripted_google import serving
