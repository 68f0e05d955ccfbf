"""What no page needs is not imported: it would take longer than all other imports together.

jsonschema, with which notebooks are checked, could check addresses too: for this it imports, if it is
installed, a package that builds 38 grammars. No notebook has addresses that are checked.
"""

from __future__ import annotations

import sys

sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]
