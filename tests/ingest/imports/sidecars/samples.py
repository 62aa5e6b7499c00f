"""Sidecars as programs write them."""

from __future__ import annotations

from typing import Any

TAKEOUT: dict[str, Any] = {
    "title": "IMG_20200920_131207.jpg",
    "description": "At the lake\n\nwith Grandma",
    "imageViews": "9",
    "creationTime": {"timestamp": "1600598769", "formatted": "Sep 20, 2020, 10:46:09 AM UTC"},
    "photoTakenTime": {"timestamp": "1600596727", "formatted": "Sep 20, 2020, 10:12:07 AM UTC"},
    "geoData": {"latitude": 55.269422999999996, "longitude": 37.665591, "altitude": 214.492},
    "geoDataExif": {"latitude": 1.0, "longitude": 1.0, "altitude": 0.0},
    "people": [{"name": "Дочь"}, {"name": "John Doe"}],
    "url": "https://photos.google.com/photo/AF1Qip",
    "googlePhotosOrigin": {"mobileUpload": {"deviceType": "ANDROID_PHONE"}},
    "favorited": True,
}
ALBUM = {"title": "Trip to Gdańsk", "description": "", "access": "protected"}
# Of the API of Immich.
ASSET: dict[str, Any] = {
    "id": "4f6c2b1e",
    "originalFileName": "IMG.jpg",
    "isFavorite": True,
    "exifInfo": {
        "description": "At the lake",
        "latitude": 48.85341,
        "longitude": 2.3488,
        "dateTimeOriginal": "2020-09-20T10:12:07.000Z",
        "rating": 4,
    },
    "tags": [{"name": "Paris", "value": "Places/Paris"}],
    "people": [{"name": "Anna"}, {"name": ""}],
}

EDITED = """TakenAt: 2018-01-01T00:02:53.123456789Z
TakenSrc: manual
UID: pqnkwgd18ghabopp
Title: New Year's Eve
TitleSrc: manual
Caption: "Fireworks: a lot"
CaptionSrc: manual
Favorite: true
Lat: 45.448994
Lng: -122.796295
PlaceSrc: estimate
Details:
  Keywords: fireworks, night
  KeywordsSrc: manual
  Notes: with Anna
"""

NAMES = """
 xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:dc="http://purl.org/dc/elements/1.1/"
 xmlns:exif="http://ns.adobe.com/exif/1.0/" xmlns:xmp="http://ns.adobe.com/xap/1.0/"
 xmlns:tiff="http://ns.adobe.com/tiff/1.0/" xmlns:photoshop="http://ns.adobe.com/photoshop/1.0/"
 xmlns:lr="http://ns.adobe.com/lightroom/1.0/" xmlns:digiKam="http://www.digikam.org/ns/1.0/"
 xmlns:darktable="http://darktable.sf.net/" xmlns:Iptc4xmpExt="http://iptc.org/std/Iptc4xmpExt/2008-02-29/"
 xmlns:mwg-rs="http://www.metadataworkinggroup.com/schemas/regions/"
"""

# As its documentation shows what Immich writes.
IMMICH = """
<dc:description><rdf:Alt>
 <rdf:li xml:lang='x-default'>In their lab</rdf:li>
</rdf:Alt></dc:description>
<digiKam:TagsList><rdf:Seq>
 <rdf:li>People/Marie Curie</rdf:li><rdf:li>Physics</rdf:li>
</rdf:Seq></digiKam:TagsList>
<exif:DateTimeOriginal>1900-01-01T01:01:00.000+01:00</exif:DateTimeOriginal>
<exif:GPSLatitude>48,51.2046N</exif:GPSLatitude>
<exif:GPSLongitude>2,20.928E</exif:GPSLongitude>
<photoshop:DateCreated>1900-01-01T01:01:00.000+01:00</photoshop:DateCreated>
<xmp:Rating>4</xmp:Rating>
"""

DARKTABLE = """
<darktable:history><rdf:Seq>
 <rdf:li darktable:num="0" darktable:params="x"/>
</rdf:Seq></darktable:history>
<dc:subject><rdf:Bag>
 <rdf:li>darktable</rdf:li><rdf:li>format</rdf:li><rdf:li>jpg</rdf:li><rdf:li>lake</rdf:li>
</rdf:Bag></dc:subject>
<lr:hierarchicalSubject><rdf:Bag>
 <rdf:li>darktable|format|jpg</rdf:li><rdf:li>places|lake</rdf:li>
</rdf:Bag></lr:hierarchicalSubject>
"""


def packet(body: str = "", attributes: str = "") -> str:
    return (
        "<?xpacket begin='' id='W5M0MpCehiHzreSzNTczkc9d'?>"
        f"<x:xmpmeta xmlns:x='adobe:ns:meta/' {NAMES}>"
        f"<rdf:RDF><rdf:Description rdf:about='' {attributes}>{body}</rdf:Description></rdf:RDF>"
        "</x:xmpmeta><?xpacket end='w'?>"
    )
