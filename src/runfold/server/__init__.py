"""The HTTP server: the calls of `wire.endpoints` over a records store and an artifact store."""

from runfold.server.app import create_app
from runfold.server.serve import serve

__all__ = ["create_app", "serve"]
