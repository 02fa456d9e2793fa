"""`runfold models`: the registry's commands here, those of serving beside them."""

from runfold.cli.models.aliases import alias_commands
from runfold.cli.models.changes import telling_commands
from runfold.cli.models.files import file_commands
from runfold.cli.models.group import models
from runfold.cli.models.policies import policy
from runfold.cli.models.promoting import promoting_commands
from runfold.cli.models.reading import reading_commands
from runfold.cli.models.registering import registering_commands
from runfold.cli.serving.build_image import build_image
from runfold.cli.serving.predict import predict
from runfold.cli.serving.prepare_env import prepare_env
from runfold.cli.serving.serve import serve

for command in (
    *reading_commands,
    *file_commands,
    *registering_commands,
    *telling_commands,
    *alias_commands,
    *promoting_commands,
    policy,
    serve,
    predict,
    prepare_env,
    build_image,
):
    models.add_command(command)

__all__ = ["models"]
