"""One site and one shop, for imports into an empty installation."""

from __future__ import annotations


def main() -> None:
    import django

    django.setup()
    from django.core.management import call_command
    from django.utils import timezone

    from cangke.people import public as people

    call_command("migrate", verbosity=0, interactive=False)
    at = timezone.now()
    site = people.save_site(code="bench", name="bench", zone="Europe/London", by=None, at=at)
    people.save_shop(
        code="bench", name="bench shop", site=site, currency="GBP", language="en", by=None, at=at
    )


if __name__ == "__main__":
    main()
