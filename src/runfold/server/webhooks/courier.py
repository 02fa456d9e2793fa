"""The part of a server process that sends what waits for webhooks.

Every process of every server runs one. They share the work by claiming deliveries in the store, so each is under way
in one process alone; what a process leaves behind, killed for instance, others take over when its lease ends.
"""

from __future__ import annotations

import asyncio
import logging
import random
import time
import uuid
from collections.abc import Sequence
from functools import partial
from typing import NamedTuple

from runfold.domain.webhook import Attempt, Event, Outgoing, body_of, example_of
from runfold.errors import RunfoldError
from runfold.server.webhooks.destinations import Destinations
from runfold.server.webhooks.sending import TIMEOUT_S, send
from runfold.stores.webhooks import DeliveryQueue

log = logging.getLogger("runfold.server")

RETRIES_S = (10.0, 60.0, 300.0, 1800.0, 7200.0, 21600.0)
"""Pauses after failed attempts: seven attempts within nine hours."""
LEASE_S = 4 * TIMEOUT_S
POLL_S = 1.0
N_PARALLEL = 8


class Trial(NamedTuple):
    """How a made-up event was sent: what it held, and the seconds that it took."""

    attempt: Attempt
    body: str
    took_s: float


class Courier:
    """
    Args:
        retries_s: pauses after failed attempts, seconds; as many further attempts are made.
        poll_s: seconds between looks for what is due.
    """

    def __init__(
        self,
        queue: DeliveryQueue,
        destinations: Destinations,
        *,
        retries_s: Sequence[float] = RETRIES_S,
        poll_s: float = POLL_S,
    ) -> None:
        self.destinations = destinations
        self._queue = queue
        self._retries_s = retries_s
        self._poll_s = poll_s
        self._under_way: dict[str, asyncio.Task[None]] = {}
        self._look = asyncio.Event()
        self._is_stopping = False
        self._work: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to look for deliveries, in the running event loop."""
        self._work = asyncio.create_task(self._serve())

    async def stop(self) -> None:
        """Claim nothing more, and wait until what is under way is settled: at most the time of one request."""
        self._is_stopping = True
        self._look.set()
        if self._work is not None:
            await self._work
        await asyncio.gather(*self._under_way.values())

    async def try_out(self, webhook_id: str, event: Event | None) -> Trial:
        """Send a made-up event now, once; it is no part of the history.

        Args:
            event: None: the first that the webhook is told of.
        """
        webhook, secret = await asyncio.to_thread(self._queue.open_webhook, webhook_id)
        event = event or webhook.events[0]
        body = body_of(event, example_of(event), time.time_ns() // 1_000_000)
        began = time.perf_counter()
        attempt = await send(self.destinations, webhook.url, body, delivery_id=str(uuid.uuid4()), secret=secret)
        return Trial(attempt, body, time.perf_counter() - began)

    async def _serve(self) -> None:
        while not self._is_stopping:
            self._look.clear()
            try:
                n_claimed = await self._claim()
            except RunfoldError as error:
                log.warning("Deliveries to webhooks will be looked for again: %s", error.message)
                n_claimed = 0
            except Exception:  # the edge of a background task
                log.exception("Looking for deliveries to webhooks failed and will be tried again")
                n_claimed = 0
            if not n_claimed:
                await self._pause()

    async def _pause(self) -> None:
        """Until it is time to look again, or a delivery ends: the next one of its webhook may wait already."""
        try:
            async with asyncio.timeout(self._poll_s):
                await self._look.wait()
        except TimeoutError:
            pass

    async def _claim(self) -> int:
        n_free = N_PARALLEL - len(self._under_way)
        if n_free <= 0:
            return 0
        claim = partial(
            self._queue.claim_deliveries, n_free, lease_ms=int(LEASE_S * 1000), but_for=tuple(self._under_way)
        )
        claimed = await asyncio.to_thread(claim)
        for outgoing in claimed:
            webhook_id = outgoing.delivery.webhook_id
            self._under_way[webhook_id] = asyncio.create_task(self._deliver(outgoing))
        return len(claimed)

    async def _deliver(self, outgoing: Outgoing) -> None:
        delivery = outgoing.delivery
        try:
            attempt = await send(
                self.destinations,
                outgoing.url,
                delivery.body,
                delivery_id=delivery.delivery_id,
                secret=outgoing.secret,
            )
            retry_in_ms = self._retry_in_ms(delivery.n_attempts, attempt)
            await asyncio.to_thread(self._queue.settle_delivery, outgoing, attempt, retry_in_ms=retry_in_ms)
            if not attempt.is_delivered:
                again = "given up" if retry_in_ms is None else f"tried again in {retry_in_ms / 1000:.0f} s"
                told = (delivery.delivery_id, delivery.event.value, delivery.webhook_id, again, attempt.error)
                log.warning("The delivery %s of %s to the webhook %s is %s: %s", *told)
        except RunfoldError as error:
            log.warning("The delivery %s could not be settled: %s", delivery.delivery_id, error.message)
        except Exception:  # the edge of a background task
            log.exception("The delivery %s ended in a fault", delivery.delivery_id)
        finally:
            del self._under_way[delivery.webhook_id]
            self._look.set()

    def _retry_in_ms(self, n_attempts: int, attempt: Attempt) -> int | None:
        """None: it is delivered, or given up."""
        if attempt.is_delivered or attempt.is_final or n_attempts > len(self._retries_s):
            return None
        pause_s = self._retries_s[n_attempts - 1] * random.uniform(0.8, 1.2)  # noqa: S311 - spreads load, guards nothing
        asked_s = min(attempt.retry_after_s, max(self._retries_s))
        return int(max(pause_s, asked_s) * 1000)
