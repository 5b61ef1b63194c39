"""Every official format, in the order in which a file is tried. Of a table in two formats the first is taken."""

from __future__ import annotations

from engine.reference.importers.add_on import AddOnCodes
from engine.reference.importers.coverage import Coverage
from engine.reference.importers.format import Format
from engine.reference.importers.hcpcs import HCPCS_FORMATS
from engine.reference.importers.icd10cm_order import CodeOrder
from engine.reference.importers.icd10cm_tabular import TabularList
from engine.reference.importers.mpfs import FeeSchedule
from engine.reference.importers.ncci_mue import MedicallyUnlikely
from engine.reference.importers.ncci_ptp import PtpEdits
from engine.reference.importers.nucc import Taxonomy
from engine.reference.importers.poa_exempt import PoaExempt

FORMATS: tuple[Format, ...] = (
    PtpEdits(),
    MedicallyUnlikely(),
    AddOnCodes(),
    *HCPCS_FORMATS,
    FeeSchedule(),
    CodeOrder(),
    TabularList(),
    Taxonomy(),
    PoaExempt(),
    Coverage("coverage-policy"),
    Coverage("coverage-diagnosis"),
)
