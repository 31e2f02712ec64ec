"""The bell: a message to the broker that a job waits. It may get lost; it may not make anybody wait."""

import logging

from celery import current_app

TASK = "journeys.tasks.work"
BROKER_SECONDS = 0.3
logger = logging.getLogger(__name__)


def dispatch(job_id: int) -> bool:
    """Ring the bell for a job; False when nobody answers, which the sweeper makes good."""
    return ring(TASK, job_id)


def ring(task: str, number: int) -> bool:
    """Ask any worker to do the task with this number; False, within a moment, when the broker does not answer."""
    try:
        with current_app.connection_for_write(connect_timeout=BROKER_SECONDS) as broker:
            broker.transport_options = {**broker.transport_options, **_impatient()}
            current_app.send_task(task, (number,), connection=broker, retry=False)
    except Exception as error:  # whatever the broker's client raises, the job is safe in the ledger
        logger.warning("the broker did not take %s %s: %s", task, number, type(error).__name__)
        return False
    return True


def queue_length() -> int | None:
    """Messages waiting in the queue; None when nobody answers."""
    try:
        with current_app.connection_for_read(connect_timeout=BROKER_SECONDS) as broker:
            broker.transport_options = {**broker.transport_options, **_impatient()}
            return int(broker.default_channel.client.llen(current_app.conf.task_default_queue))
    except Exception:
        return None


def _impatient() -> dict[str, float | int]:
    return {"socket_connect_timeout": BROKER_SECONDS, "socket_timeout": BROKER_SECONDS, "max_retries": 0}
