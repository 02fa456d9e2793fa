"""Which names in a pickle are harmless, and which are not.

The lists follow what attacks used, as published by the scanners of the field (picklescan, modelscan, fickling), and
what pickles of the libraries hold that people save models with.
"""

from __future__ import annotations

from enum import Enum


class Risk(Enum):
    KNOWN = "known"
    UNKNOWN = "unknown"
    DANGEROUS = "dangerous"


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# Whole packages and modules: nothing in them belongs into a model.
_DANGEROUS_MODULES = _words(
    """
    _aix_support _osx_support _posixsubprocess _pyrepl aiohttp asyncio bdb cProfile code codeop commands
    concurrent ctypes distutils doctest ensurepip fileinput ftplib http idlelib imaplib importlib inspect
    lib2to3 linecache marshal multiprocessing nntplib nt ntpath operator os pdb pickle _pickle dill pip
    pkg_resources pkgutil poplib popen2 posix posixpath profile pty pydoc requests runpy select selectors
    setuptools shelve shutil signal site smtplib socket socketserver sqlite3 ssl subprocess sys tarfile
    telnetlib tempfile threading timeit trace turtledemo types urllib urllib2 urllib3 venv webbrowser
    winreg wsgiref xmlrpc zipapp zipfile zipimport httpx glob pathlib
    """
)
# Some of them have harmless members that real models hold.
_HARMLESS = _words(
    """
    types.SimpleNamespace types.MappingProxyType pathlib.Path pathlib.PurePath pathlib.PosixPath
    pathlib.PurePosixPath pathlib.WindowsPath pathlib.PureWindowsPath pathlib._local.PosixPath
    pathlib._local.WindowsPath
    """
)
_DANGEROUS_BUILTINS = _words(
    """
    __import__ apply breakpoint callable compile delattr dir eval exec execfile exit file getattr globals help
    input locals memoryview open print quit setattr vars
    """
)
# Functions of scientific libraries that run, read or load what their arguments say.
_DANGEROUS_NAMES = _words(
    """
    cloudpickle.load cloudpickle.loads cloudpickle.cloudpickle.load cloudpickle.cloudpickle.loads
    functools.partialmethod joblib.load joblib.numpy_pickle.load keras.models.load_model keras.saving.load_model
    numpy.load numpy.loadtxt numpy.genfromtxt numpy.fromfile numpy.memmap numpy.lib.npyio.load
    numpy.lib._npyio_impl.load numpy.testing._private.utils.runstring numpy.testing._private.utils.run_threaded
    numpy.f2py.crackfortran.getlincoef numpy.f2py.crackfortran.myeval numpy.f2py.crackfortran._eval_length
    numpy.f2py.crackfortran._eval_scalar pandas.read_pickle pandas.io.pickle.read_pickle pandas.eval
    pandas.core.computation.eval.eval pandas.read_csv statsmodels.iolib.smpickle.load_pickle
    statsmodels.compat.pandas.read_pickle tensorflow.io.read_file tensorflow.io.write_file torch.hub.load
    torch.load torch.serialization.load torch.jit.load torch._dynamo.guards.GuardBuilder.get
    torch.utils._config_module.load_config torch.utils.bottleneck.__main__.run_cprofile
    torch.utils.bottleneck.__main__.run_autograd_prof torch.utils.collect_env.run
    torch.distributed.elastic.multiprocessing.api.start_processes
    torch.fx.experimental.symbolic_shapes.ShapeEnv.evaluate_guards_expression
    torch._inductor.codecache.compile_file torch.testing._internal.common_utils.run
    ipykernel.zmqshell.ZMQInteractiveShell.system copyreg.add_extension
    """
)

_KNOWN_BUILTINS = _words(
    """
    bool bytearray bytes complex dict float frozenset int list map max min object range reversed set slice str
    sum tuple type zip NoneType Ellipsis NotImplemented abs len round sorted enumerate filter any all Exception
    ValueError TypeError KeyError RuntimeError
    """
)
_KNOWN_NAMES = _words(
    """
    _codecs.encode copyreg._reconstructor copyreg.__newobj__ copyreg.__newobj_ex__ copy_reg._reconstructor
    collections.OrderedDict collections.defaultdict collections.deque collections.Counter collections.namedtuple
    datetime.date datetime.datetime datetime.time datetime.timedelta datetime.timezone decimal.Decimal
    fractions.Fraction uuid.UUID re._compile re.compile random.Random zoneinfo.ZoneInfo._unpickle numpy.dtype
    numpy.ndarray numpy.matrix numpy.number numpy.random._pickle.__randomstate_ctor
    numpy.random._pickle.__generator_ctor numpy.random._pickle.__bit_generator_ctor numpy.ma.core._mareconstruct
    numpy.ma.MaskedArray numpy.ma.core.MaskedArray joblib.numpy_pickle.NumpyArrayWrapper
    joblib.numpy_pickle.NDArrayWrapper pandas._libs.internals._unpickle_block
    pandas._libs.arrays.__pyx_unpickle_NDArrayBacked pandas._libs.tslibs.timestamps._unpickle_timestamp
    pandas.core.indexes.base._new_Index pandas.core.indexes.datetimes._new_DatetimeIndex
    pandas.core.indexes.period._new_PeriodIndex torch._utils._rebuild_tensor torch._utils._rebuild_tensor_v2
    torch._utils._rebuild_tensor_v3 torch._utils._rebuild_parameter torch._utils._rebuild_parameter_with_state
    torch._utils._rebuild_qtensor torch._utils._rebuild_sparse_tensor
    torch._utils._rebuild_device_tensor_from_numpy torch.Size torch.device torch.dtype
    torch.serialization._get_layout torch._tensor._rebuild_from_type_v2
    scipy.sparse._csr.csr_matrix scipy.sparse._csc.csc_matrix scipy.sparse._coo.coo_matrix
    sklearn.tree._tree.Tree sklearn.neighbors._kd_tree.newObj sklearn.neighbors._ball_tree.newObj
    sklearn.neighbors._binary_tree.newObj sklearn.metrics._dist_metrics.newObj
    sklearn._loss._loss.__pyx_unpickle_CyHalfSquaredError xgboost.core.Booster lightgbm.basic.Booster
    sklearn.feature_selection._univariate_selection.f_classif sklearn.feature_selection._univariate_selection.chi2
    sklearn.feature_selection._univariate_selection.f_regression
    sklearn.feature_selection._mutual_info.mutual_info_classif
    sklearn.feature_selection._mutual_info.mutual_info_regression sklearn.cluster._kmeans._kmeans_single_lloyd
    sklearn.cluster._kmeans._kmeans_single_elkan numpy.mean numpy.median
    scipy._lib.array_api_compat.numpy._aliases.asarray
    """
)
# Of these packages every class counts as known: pickles of their models are made of them.
_PACKAGES_OF_CLASSES = _words(
    """
    catboost lightgbm numpy pandas patsy scipy sklearn statsmodels torch torchvision xgboost keras
    """
)
# What a search of scikit-learn judges by. Functions beside them are imported from anywhere, so only such names count.
_MODULES_OF_SCORES = _words(
    """
    sklearn.metrics._classification sklearn.metrics._ranking sklearn.metrics._regression
    sklearn.metrics.cluster._supervised sklearn.metrics.cluster._unsupervised
    """
)
_SCORES = ("_score", "_loss", "_error", "_deviance")
_FUNCTIONS_OF_NUMPY = frozenset({"_reconstruct", "scalar", "_frombuffer"})


def judge(module: str, name: str) -> Risk:
    """How a global that a pickle names is to be taken. A dotted `name` reaches into what the module holds."""
    module = {"__builtin__": "builtins", "copy_reg": "copyreg"}.get(module, module)
    full = f"{module}.{name}"
    if full in _HARMLESS or full in _KNOWN_NAMES:
        return Risk.KNOWN
    if _is_dangerous(module, name, full):
        return Risk.DANGEROUS
    return Risk.KNOWN if _is_known(module, name) else Risk.UNKNOWN


def _is_dangerous(module: str, name: str, full: str) -> bool:
    if not module.isascii() or module.startswith("<"):  # a name that is computed while the pickle is loaded
        return True
    if full in _DANGEROUS_NAMES or module.partition(".")[0] in _DANGEROUS_MODULES:
        return True
    # `numpy:os.system` and the like: a name that reaches another module through what a harmless one imported.
    if any(part in _DANGEROUS_MODULES or part.startswith("__") for part in name.split(".")[:-1]):
        return True
    return module == "builtins" and name.split(".")[-1] in _DANGEROUS_BUILTINS


def _is_known(module: str, name: str) -> bool:
    if module == "builtins":
        return name in _KNOWN_BUILTINS
    package = module.partition(".")[0]
    if package == "numpy" and name in _FUNCTIONS_OF_NUMPY:
        return True
    if package == "numpy" and module == "numpy" and name.isidentifier():
        return name.rstrip("0123456789_") in _NUMPY_SCALARS
    if module in _MODULES_OF_SCORES and name.isidentifier() and name.endswith(_SCORES):
        return True
    if package == "sklearn" and name.isidentifier() and name.lstrip("_")[:1].isupper():
        return True  # its estimators hold objects of private classes
    if package in _PACKAGES_OF_CLASSES:
        return name[:1].isupper() or (package == "torch" and name.endswith("Storage"))
    return False


_NUMPY_SCALARS = _words(
    """
    int uint float complex bool str bytes void object datetime timedelta longlong
    """
)
