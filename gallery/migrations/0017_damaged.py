from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('gallery', '0016_deleted_images'),
    ]

    operations = [
        migrations.AddField(
            model_name='image',
            name='damaged',
            field=models.BooleanField(db_default=False, editable=False, verbose_name='damaged'),
        ),
    ]
