"""A worker process: on PostgreSQL, any number of them share the errands by Procrastinate.

Each does one thing at a time, because rendering and sealing want a processor to themselves. Which
errand is due stands in the outbox; a job only says where to look. Besides, all workers together do
three things again and again: `tick` acts on callbacks and makes jobs for what became due, `keep_up`
re-reads what is out for signature, `reap` gives the jobs of a dead worker to another.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from docgen.errors import ConfigurationError, StorageError
from docgen.services.receive import act_on_callbacks
from docgen.services.sweep import CARRIERS, keep_up, run_job

if TYPE_CHECKING:
    from procrastinate import App
    from procrastinate.job_context import JobContext

    from docgen.bootstrap.application import Application

TICK = "* * * * * *"  # every second; at most one waits and one runs
MINUTE = "* * * * *"
REAP = "* * * * * */3"  # seconds come last: croniter reads them so
POLL_S = 2.0  # beside being told, should the telling be lost
BEATS = 3  # so many heartbeats fit into the time after which a worker counts as dead
SLOWEST_BEAT_S = 20.0
URGENT = 100

log = logging.getLogger("docgen")


def run_worker(app: Application) -> None:
    """Work until interrupted; what is being carried out then is finished first.

    Raises:
        ConfigurationError: the site is on SQLite, where `docgen serve` does the work.
    """
    if not app.settings.database_url:
        raise ConfigurationError(
            "Worker processes need PostgreSQL, named in [database] url. On SQLite, `docgen serve` "
            "does the work by itself."
        )
    from procrastinate.exceptions import ConnectorException

    try:
        queue_of(app).run_worker(
            concurrency=1,
            delete_jobs="always",
            fetch_job_polling_interval=POLL_S,
            update_heartbeat_interval=min(SLOWEST_BEAT_S, app.settings.takeover_after_s / BEATS),
            stalled_worker_timeout=float(app.settings.takeover_after_s),
        )
    except ConnectorException as error:
        raise StorageError(
            "The database went away, so this worker ends; nothing is lost. Start it again."
        ) from error


def queue_of(app: Application) -> App:
    """Give the queue as workers see it, with our tasks.

    It is apart from the one that transactions make jobs in, whose connection is Django's own.
    """
    from procrastinate.contrib.django import DjangoApp
    from procrastinate.contrib.django import app as deferring

    from docgen.db import jobs

    connector: Any = deferring.connector
    working = DjangoApp(connector=connector.get_worker_connector())
    office = app.office

    @working.task(name=jobs.ERRAND)
    def errand(key: str) -> None:
        failure = run_job(office, key)
        if failure:
            log.warning("errand failed and is tried again: %s", failure)

    @working.periodic(cron=TICK)
    @working.task(name="docgen.tick", lock="tick", queueing_lock="tick", priority=URGENT)
    def tick(timestamp: int) -> None:  # noqa: ARG001  # Procrastinate gives it
        act_on_callbacks(office)
        jobs.wake_for_due(office.clock.now(), CARRIERS)

    @working.periodic(cron=MINUTE)
    @working.task(name="docgen.keep_up", lock="keep_up", queueing_lock="keep_up")
    def upkeep(timestamp: int) -> None:  # noqa: ARG001  # Procrastinate gives it
        for failure in keep_up(office).failures:
            log.warning("failed and is tried again: %s", failure)

    # Never a lock here: a reaper that died must not hold up the next one.
    @working.periodic(cron=REAP)
    @working.task(name="docgen.reap", queueing_lock="reap", priority=URGENT, pass_context=True)
    async def reap(context: JobContext, timestamp: int) -> None:  # noqa: ARG001  # Procrastinate gives it
        await _reap(context, app)

    return working


async def _reap(context: JobContext, app: Application) -> None:
    """End every job of a worker that fell silent; its errand is due again and gets a new one."""
    from asgiref.sync import sync_to_async
    from procrastinate.jobs import Status

    from docgen.db import jobs

    manager = context.app.job_manager
    silent = float(app.settings.takeover_after_s)
    for job in await manager.get_stalled_jobs(seconds_since_heartbeat=silent):
        log.warning("a worker fell silent; its work goes to another: %s", job.task_name)
        key = job.task_kwargs.get("key")
        if isinstance(key, str):
            await sync_to_async(jobs.take_from_dead)(key, app.office.clock.now())
        await manager.finish_job(job, status=Status.FAILED, delete_job=True)
