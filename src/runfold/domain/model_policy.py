"""Which models may be registered: a policy for the whole store, and one for each registered model on top of it."""

from __future__ import annotations

import enum
from collections.abc import Sequence

import msgspec

from runfold.domain.registered_model import ModelCard
from runfold.errors import PermissionDenied

REQUIRABLE = ("algorithm", "framework", "task", "target_platform", "owner", "licence", "signature", "description")


class Scan(enum.StrEnum):
    """What becomes of a model whose files would run harmful code when they are loaded."""

    REFUSE = "refuse"
    OFF = "off"


class ModelPolicy(msgspec.Struct, frozen=True, kw_only=True):
    """
    Attributes:
        flavours: one of these must be among a model's; none: any will do.
        serialisations: how weights may be kept, such as `skops`; none: in any way.
        scan: None: as the policy of the store says, which is REFUSE unless set otherwise.
        required: what must be told of a version when it is registered, of `REQUIRABLE`.
    """

    flavours: tuple[str, ...] = ()
    serialisations: tuple[str, ...] = ()
    scan: Scan | None = None
    required: tuple[str, ...] = ()

    def under(self, general: ModelPolicy) -> ModelPolicy:
        """What holds for one model: its own word where it has one, the general one elsewhere; needs add up."""
        return ModelPolicy(
            flavours=self.flavours or general.flavours,
            serialisations=self.serialisations or general.serialisations,
            scan=self.scan or general.scan,
            required=tuple(dict.fromkeys((*general.required, *self.required))),
        )

    @property
    def scans(self) -> bool:
        return self.scan is not Scan.OFF

    def check(self, card: ModelCard, *, description: str, read: ModelCard | None, dangers: Sequence[str] = ()) -> None:
        """
        Args:
            card: what is known of the model, by its files or by what somebody told.
            read: what its `MLmodel` file says; None: it could not be read. Flavours and serialisations are judged by
                that alone, for anybody can tell anything.
            dangers: what the model's files would do when they are loaded.

        Raises:
            PermissionDenied: the model may not be registered; the message says why.
        """
        if (self.flavours or self.serialisations) and read is None:
            raise PermissionDenied(
                "The policy here allows certain flavours and serialisations, and the files of this model cannot be "
                "read from here, or hold no MLmodel file. Log the model to a run of this server, and register that."
            )
        files = read or ModelCard()
        native = [flavour for flavour in files.flavours if flavour != "python_function"] or list(files.flavours)
        if self.flavours and not set(native) & set(self.flavours):
            raise PermissionDenied(
                f"A model of flavour {', '.join(native) or 'unknown'} may not be registered here; allowed are "
                f"{', '.join(self.flavours)}."
            )
        if self.serialisations and files.serialisation not in self.serialisations:
            raise PermissionDenied(
                f"A model kept as {files.serialisation or 'an unknown format'} may not be registered here; allowed are "
                f"{', '.join(self.serialisations)}. Save it again with another serialization_format."
            )
        if self.scans and dangers:
            raise PermissionDenied(
                f"The model would run harmful code when it is loaded: {'; '.join(dangers[:3])}. It was not registered."
            )
        missing = [
            name for name in self.required if not (description if name == "description" else getattr(card, name))
        ]
        if missing:
            raise PermissionDenied(f"A version here must say its {', '.join(missing)}; nothing says it of this model.")
