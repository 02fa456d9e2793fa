"""The contract of `runfold.stores.base.TrackingStore` as tests, for a fixture `store`.

    import pytest
    from runfold.testing.stores import *

    @pytest.fixture
    def store(tmp_path):
        return MyStore(tmp_path)

The store may hold other records and may be shared by all tests: each makes an experiment of its own and looks
at nothing else. It must count a run as lost after `LOST_AFTER_S` seconds of silence (`StoreSettings.lost_after_s`),
a job after `JOB_LEASE_S` (`StoreSettings.job_lease_s`), and have a key to seal secrets with.
"""

from runfold.testing.stores.changes import *  # noqa: F403 - a suite is its tests
from runfold.testing.stores.concurrency import *  # noqa: F403
from runfold.testing.stores.corrections import *  # noqa: F403
from runfold.testing.stores.datasets import *  # noqa: F403
from runfold.testing.stores.experiments import *  # noqa: F403
from runfold.testing.stores.jobs import *  # noqa: F403
from runfold.testing.stores.liveness import *  # noqa: F403
from runfold.testing.stores.logged_models import *  # noqa: F403
from runfold.testing.stores.metrics import *  # noqa: F403
from runfold.testing.stores.model_aliases import *  # noqa: F403
from runfold.testing.stores.model_versions import *  # noqa: F403
from runfold.testing.stores.models import *  # noqa: F403
from runfold.testing.stores.projects import *  # noqa: F403
from runfold.testing.stores.promotions import *  # noqa: F403
from runfold.testing.stores.records import JOB_LEASE_S as JOB_LEASE_S
from runfold.testing.stores.records import LOST_AFTER_S as LOST_AFTER_S
from runfold.testing.stores.registration import *  # noqa: F403
from runfold.testing.stores.runs import *  # noqa: F403
from runfold.testing.stores.sampling import *  # noqa: F403
from runfold.testing.stores.searching import *  # noqa: F403
from runfold.testing.stores.secrets import *  # noqa: F403
from runfold.testing.stores.summaries import *  # noqa: F403
from runfold.testing.stores.targets import *  # noqa: F403
from runfold.testing.stores.texts import *  # noqa: F403
from runfold.testing.stores.trash import *  # noqa: F403
from runfold.testing.stores.views import *  # noqa: F403
from runfold.testing.stores.webhooks import *  # noqa: F403
from runfold.testing.stores.workspaces import *  # noqa: F403
