from django.db import migrations, models

# One statement for all images, with the formulas of gallery/media/lab.py (IEC 61966-2-1, CIE 15).
_FILL = """
UPDATE gallery_image AS image SET
    camera = left(coalesce(image.exif ->> 'camera', ''), 100),
    lens = left(coalesce(image.exif ->> 'lens', ''), 100),
    exif = image.exif - 'camera' - 'lens',
    lightness = lab.lightness,
    green_red = lab.green_red,
    blue_yellow = lab.blue_yellow
FROM gallery_image AS source
LEFT JOIN LATERAL (
    SELECT decode(substr(source.colour, 2), 'hex') AS bytes
    WHERE source.colour ~ '^#[0-9a-f]{{6}}$'
) AS hex ON true
CROSS JOIN LATERAL (
    SELECT {red} AS r, {green} AS g, {blue} AS b
) AS light
CROSS JOIN LATERAL (
    SELECT (0.4124 * r + 0.3576 * g + 0.1805 * b) / 0.9505 AS x,
           (0.2126 * r + 0.7152 * g + 0.0722 * b) AS y,
           (0.0193 * r + 0.1192 * g + 0.9505 * b) / 1.0890 AS z
) AS xyz
CROSS JOIN LATERAL (
    SELECT {fx} AS fx, {fy} AS fy, {fz} AS fz
) AS root
CROSS JOIN LATERAL (
    SELECT 116 * fy - 16 AS lightness, 500 * (fx - fy) AS green_red, 200 * (fy - fz) AS blue_yellow
) AS lab
WHERE image.id = source.id
    AND (source.colour <> '' OR source.exif ?| ARRAY['camera', 'lens'])
"""


def _light(channel):
    value = f"(get_byte(bytes, {channel}) / 255.0::float8)"
    curve = f"power(({value} + 0.055::float8) / 1.055::float8, 2.4::float8)"
    return f"CASE WHEN {value} <= 0.04045 THEN {value} / 12.92 ELSE {curve} END"


def _root(value):
    return (
        f"CASE WHEN {value} > 216.0 / 24389 THEN cbrt({value}) "
        f"ELSE {value} * 841 / 108 + 4.0 / 29 END"
    )


_FORWARDS = _FILL.format(
    red=_light(0), green=_light(1), blue=_light(2), fx=_root("x"), fy=_root("y"), fz=_root("z")
)
_BACKWARDS = """
UPDATE gallery_image SET exif = exif
    || CASE WHEN camera = '' THEN '{}'::jsonb ELSE jsonb_build_object('camera', camera) END
    || CASE WHEN lens = '' THEN '{}'::jsonb ELSE jsonb_build_object('lens', lens) END
WHERE camera <> '' OR lens <> ''
"""


class Migration(migrations.Migration):

    dependencies = [
        ('gallery', '0005_search_foundation'),
    ]

    operations = [
        migrations.AddField(
            model_name='image',
            name='facts_version',
            field=models.PositiveSmallIntegerField(db_default=0, editable=False),
        ),
        migrations.AddIndex(
            model_name='image',
            index=models.Index(
                condition=models.Q(('facts_version__lt', 1), ('state__in', ['derived', 'ready'])),
                fields=['id'],
                name='image_facts_due',
            ),
        ),
        migrations.RunSQL(_FORWARDS, _BACKWARDS),
    ]
