"""The emulator with CloudFormation.

moto's CloudFormation imports every service, and of those API Gateway wants a library that nothing here uses. A stand-in for it is an import
that works; the library itself brings twenty others.
"""

import runpy
import sys
import types
from pathlib import Path

for name in ("", ".validation", ".validation.exceptions"):
    module = types.ModuleType("openapi_spec_validator" + name)
    module.validate = None
    module.OpenAPIValidationError = Exception
    sys.modules[module.__name__] = module

runpy.run_path(str(Path(__file__).parent.parent / "aws-emulator" / "serve.py"))
