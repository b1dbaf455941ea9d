"""What a picture of 24 megapixels costs: taken in a request, its sizes made by the worker; and the memory of both.

`make bench-pictures`; no database is asked. `--megapixels 1` draws it smaller.
"""

import argparse
import io
import multiprocessing
import os
import resource
import time
from collections.abc import Callable
from tempfile import TemporaryDirectory

MEGAPIXELS = 24.0
MOST_SECONDS, MOST_MEGABYTES = 3.0, 300.0
KINDS = {"JPEG": 24.0, "PNG": 24.0, "AVIF": 24.0, "WEBP": 16.0}  # more of a WebP is refused
GRAIN = {"PNG": 48}  # in pixels, or a PNG would be refused for its bytes; else 4, because no camera is sharper


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="bench.pictures", description=__doc__.splitlines()[0])
    parser.add_argument("--megapixels", type=float, default=MEGAPIXELS)
    megapixels = parser.parse_args(arguments).megapixels
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.site_settings"
    for kind, most in KINDS.items():
        content = _in_a_process_of_its_own(drawn, kind, min(megapixels, most))
        print(_in_a_process_of_its_own(measure, kind, content))


def drawn(kind: str, megapixels: float) -> bytes:
    """Noise of a grain, in three to two: harder than what cameras send."""
    from PIL import Image

    width = int((megapixels * 1.5e6) ** 0.5)
    size = (width, width * 2 // 3)
    coarse = tuple(side // GRAIN.get(kind, 4) for side in size)
    image = Image.merge("RGB", [Image.effect_noise(coarse, 60) for _ in "RGB"]).resize(size, Image.Resampling.BICUBIC)
    written = io.BytesIO()
    image.save(written, kind, quality=88, **{"AVIF": {"speed": 10}, "PNG": {"compress_level": 3}}.get(kind, {}))
    return written.getvalue()


def measure(kind: str, content: bytes) -> str:
    import django
    from django.test import override_settings

    django.setup()
    from pictures.library import put_file
    from pictures.models import Picture
    from pictures.sizes import write_sizes
    from pictures.uploads import read_picture

    with TemporaryDirectory() as folder, override_settings(MEDIA_ROOT=folder):
        before, began = _peak(), time.process_time()
        picture = Picture(title=kind)
        put_file(picture, read_picture(io.BytesIO(content)))
        taken = time.process_time() - began
        sizes = write_sizes(picture)
        whole = time.process_time() - began
    more = _peak() - before
    end = "   too much" if whole > MOST_SECONDS or more > MOST_MEGABYTES else ""
    told = f"{kind:6}{len(content) / 1e6:8.1f} MB{taken:10.2f} CPU-s taken{whole - taken:10.2f} CPU-s"
    return f"{told} for {len(sizes)} sizes{more:6.0f} MB of memory beside {before:.0f}{end}"


def _peak() -> float:
    """Megabytes that this process has had at most."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _in_a_process_of_its_own(act: Callable, *given: object):
    """Each tells the most memory that it ever had, and begins with what its parent has."""
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(act, given)


if __name__ == "__main__":
    main()
