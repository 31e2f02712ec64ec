"""The first administrator of an installation, or whoever cannot be reached by letter."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from company import invitations, people
from company.management.companies import called
from company.models import Membership, Role


class Command(BaseCommand):
    help = "Invite a person into a company and print the address at which a password is chosen."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("company", help="the company's slug")
        parser.add_argument("email")
        parser.add_argument("--role", choices=[role for role in Role.values if role != Role.HEAD], default=Role.ADMIN)
        parser.add_argument("--forget-second-factor", action="store_true", help="of somebody who is there already")

    def handle(self, *args: Any, **options: Any) -> None:
        """Somebody who is there already gets a new address and keeps the role."""
        company = called(options["company"])
        email = options["email"].strip().lower()
        held = Membership.objects.select_related("user").filter(company=company, user__email=email).first()
        if held is None:
            try:
                held = people.invite(company, None, email, people.Person("", options["role"]))
            except people.Refused as refused:
                raise CommandError(str(refused)) from refused
        if options["forget_second_factor"]:
            people.forget_second_factor(held, None)
        self.stdout.write(settings.SITE_URL + invitations.address(held.user))
