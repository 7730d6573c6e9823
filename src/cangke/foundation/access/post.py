"""Mail about accounts leaves by the queue, so that no answer waits for a mail server."""

from django.core.mail import EmailMessage, EmailMultiAlternatives
from django_tasks import task


@task()
def send(subject: str, body: str, sender: str, to: list[str], wanted: bool) -> None:
    if wanted:
        EmailMultiAlternatives(subject, body, sender, to).send()


def hand_over(message: EmailMessage, *, wanted: bool) -> None:
    """Queue the mail; one that is not wanted takes the same way and is dropped at its end."""
    text = str(message.subject), str(message.body), str(message.from_email)
    send.enqueue(*text, list(message.to), wanted)
