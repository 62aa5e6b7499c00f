from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('gallery', '0013_exact_rows'),
    ]

    operations = [
        migrations.AddField(
            model_name='image',
            name='damaged',
            field=models.BooleanField(db_default=False, editable=False, verbose_name='damaged'),
        ),
    ]
