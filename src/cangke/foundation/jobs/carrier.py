"""The queue that carries job ids to a worker: huey behind django.tasks."""

from django_tasks import task


@task()
def run(job_id: int) -> None:
    from .actions import run_job

    run_job(job_id)


def carry(job_id: int) -> None:
    """Put the job on the queue."""
    run.enqueue(job_id)
