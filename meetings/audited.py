"""What is recorded about meetings, in words (see ``company.audited``)."""

from django.utils.translation import gettext_lazy as _

from company.audited import Action, Glossary

GLOSSARY = Glossary(
    {
        "meeting.created": Action(_("Meeting prepared"), "meeting", 1),
        "meeting.opened": Action(_("Meeting opened"), "meeting", 1),
        "meeting.closed": Action(_("Meeting closed"), "meeting", 1),
    }
)
