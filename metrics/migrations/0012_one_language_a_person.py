"""The letter of the quarter comes in the language of its person's pages: what was chosen for it is the person's now."""

from django.db import migrations

MOVED = """
UPDATE company_user SET language = chosen.language FROM metrics_correspondent chosen
WHERE chosen.person_id = company_user.id AND company_user.language = '';
"""


class Migration(migrations.Migration):
    dependencies = [("company", "0005_people_and_factors"), ("metrics", "0011_verification_at_work")]
    operations = [
        migrations.RunSQL(MOVED, migrations.RunSQL.noop),
        migrations.RemoveField("correspondent", "language"),
    ]
