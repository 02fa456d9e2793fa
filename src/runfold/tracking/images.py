"""Images of any kind as Pillow images, and the names under which series of them are kept."""

from __future__ import annotations

import random
import string
import uuid
from typing import TYPE_CHECKING, Any

from runfold.errors import InvalidValue, MissingDependency

if TYPE_CHECKING:
    from PIL import Image

THUMBNAIL_PIXELS = 256


def to_pil(image: Any) -> Image.Image:
    """A Pillow image of an array, tensor, Pillow image, or object with `to_pil()`.

    Args:
        image: arrays are (height, width) or (height, width, 1 | 3 | 4), of bool, integers in [0, 255], or floats
            in [0, 1].

    Raises:
        InvalidValue: shape or values don't fit.
        MissingDependency: Pillow is not installed.
    """
    try:
        from PIL import Image
    except ImportError:
        raise MissingDependency("PIL", needed_for="log_image", extra="images") from None
    if hasattr(image, "to_pil"):
        image = image.to_pil()
    if isinstance(image, Image.Image):
        return image
    return Image.fromarray(_to_bytes_array(image))


def _to_bytes_array(image: Any) -> Any:
    import numpy as np

    array = np.asarray(image.numpy() if hasattr(image, "numpy") else image)
    if array.ndim == 3 and array.shape[2] == 1:
        array = array[:, :, 0]
    if array.ndim not in (2, 3) or (array.ndim == 3 and array.shape[2] not in (3, 4)):
        raise InvalidValue(f"An image has the shape (height, width[, 1, 3 or 4]), not {array.shape}.")
    if array.dtype.kind == "b":
        return array.astype(np.uint8) * 255
    low, high = (0.0, 1.0) if array.dtype.kind == "f" else (0, 255)
    if array.dtype.kind not in "fiu" or (array.size and not (array.min() >= low and array.max() <= high)):
        raise InvalidValue(
            f"Pixels of type {array.dtype} must be numbers from {low} to {high}: floats in [0, 1] or whole numbers in "
            "[0, 255]."
        )
    return (array * 255).astype(np.uint8) if array.dtype.kind == "f" else array.astype(np.uint8)


def thumbnail(picture: Image.Image) -> Image.Image:
    """A smaller copy for lists, as long as the longer side is over 256 pixels."""
    small = picture.copy()
    small.thumbnail((THUMBNAIL_PIXELS, THUMBNAIL_PIXELS))
    return small


def series_stem(key: str, step: int, timestamp_ms: int) -> str:
    """The file name, without ending, of one image of a series.

    Source: MLflow 3.18, `mlflow/tracking/client.py`, `log_image`: `/` becomes `#`, parts are separated by `%`, and
    the unique part begins with a letter that is no hex digit, so that no percent code arises.
    """
    letter = random.choice(string.ascii_lowercase[6:])  # noqa: S311 - for uniqueness, not secrecy
    unique = letter + str(uuid.uuid4())[1:]
    return f"{key.replace('/', '#')}%step%{step}%timestamp%{timestamp_ms}%{unique}"
