"""What can be wrong with a request beyond a value: its form."""

from __future__ import annotations

from runfold.errors import InvalidValue


class UnreadableInput(InvalidValue):
    """The body is not of a form that the protocol knows. MLflow's code for it is BAD_REQUEST."""


class UnsupportedType(InvalidValue):
    """The media type is not one that can be read; answered with 415."""
