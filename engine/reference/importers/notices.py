"""Where the publishers offer their files, and what their users must have accepted."""

from __future__ import annotations

_CMS = "https://www.cms.gov/medicare"
_NCCI = f"{_CMS}/coding-billing/national-correct-coding-initiative-ncci-edits"

PTP_PAGE = f"{_NCCI}/medicare-ncci-procedure-procedure-ptp-edits"
MUE_PAGE = f"{_NCCI}/medicare-ncci-medically-unlikely-edits-mues"
ADD_ON_PAGE = f"{_NCCI}/medicare-ncci-add-code-edits"
HCPCS_PAGE = f"{_CMS}/coding-billing/healthcare-common-procedure-system/quarterly-update"
MPFS_PAGE = f"{_CMS}/payment/fee-schedules/physician/pfs-relative-value-files"
ICD_PAGE = f"{_CMS}/coding-billing/icd-10-codes"
TABULAR_PAGE = "https://www.cdc.gov/nchs/icd/icd-10-cm/files.html"
NUCC_PAGE = "https://www.nucc.org/index.php/code-sets-mainmenu-41/provider-taxonomy-mainmenu-40/csv-mainmenu-57"
COVERAGE_PAGE = "https://www.cms.gov/medicare-coverage-database/downloads/downloads.aspx"

AMA = (
    "CPT codes are copyright American Medical Association. CMS gives the file to those who accept the AMA's licence on "
    "the download page; what is imported from it stays within your organization."
)
AMA_ADA = f"{AMA} D codes are copyright American Dental Association, under its licence on the same page."
AMA_ADA_AHA = f"{AMA_ADA} Revenue and bill type codes are copyright American Hospital Association (UB-04)."
NUCC = (
    "The taxonomy is copyright National Uniform Claim Committee. It may be used without charge unless it is sold on, "
    "alone or in a product; that needs the committee's licence."
)
PUBLIC = "Work of the US government, free to use in the United States. ICD-10 is copyright World Health Organization."
HCPCS = "Level II codes are in the public domain except D codes (copyright American Dental Association)."
OWN = "Your own file: your contract with the payer says who may see it."
