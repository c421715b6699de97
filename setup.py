"""The optional C extension; everything else stands in pyproject.toml."""

import os
from pathlib import Path

from setuptools import Extension, setup

FOLDER = "src/halfstep/native/c"
FLAGS = ["-std=gnu11", "-O3", "-g0", "-fno-math-errno", "-fno-trapping-math", "-ffp-contract=fast", "-Wno-psabi"]

kernel = Extension(
    "halfstep.native._kernel",
    sources=sorted(path.as_posix() for path in Path(FOLDER).glob("*.c")),
    depends=sorted(path.as_posix() for path in Path(FOLDER).glob("*.h")),
    extra_compile_args=FLAGS if os.name == "posix" else [],
    optional=True,
)
texts = [
    Extension(
        f"halfstep.native._{path.stem}",
        sources=[path.as_posix()],
        depends=sorted(other.as_posix() for other in (Path(FOLDER) / "text").glob("*.h")),
        extra_compile_args=FLAGS if os.name == "posix" else [],
        optional=True,
    )
    for path in sorted((Path(FOLDER) / "text").glob("*.c"))
]
wanted = os.environ.get("HALFSTEP_BUILD_NATIVE", "1") != "0"
setup(ext_modules=[kernel, *texts] if wanted else [])
