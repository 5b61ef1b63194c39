"""``Claim.supportingInfo``: what a claim says beside its lines, by the categories of HL7, CARIN and Da Vinci."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from typing import Any

from engine.claim.model import Attachment, ClaimCode, Diagnosis, Note, Origin
from engine.intake.codes import upper
from engine.intake.fhir_codes import icd
from engine.intake.fhir_values import Cursor

_TYPE_OF_BILL = re.compile(r"^0?([1-9][0-9])([0-9A-Z])?$")
_TEXTS = {
    "clia": "clia_number",
    "clianumber": "clia_number",
    "mammographycertification": "mammography_certification",
    "ide": "ide_number",
    "investigationaldeviceexemption": "ide_number",
    "clinicaltrial": "clinical_trial_number",
    "clinicaltrialnumber": "clinical_trial_number",
    "medicalrecordnumber": "medical_record_number",
    "patientaccountnumber": "patient_control_number",
    "referral": "referral_number",
    "referralnumber": "referral_number",
    "priorauthorization": "prior_authorization",
    "pointoforigin": "admission_source",
    "admsrc": "admission_source",
    "admissionsource": "admission_source",
    "admtype": "admission_type",
    "admissiontype": "admission_type",
    "dischargestatus": "discharge_status",
    "drg": "drg",
    "msdrg": "drg",
    "delayreason": "delay_reason",
    "specialprogram": "special_program",
}
_DAYS = {
    "onset": "onset_day",
    "lastmenstrualperiod": "last_menstrual_day",
    "lmp": "last_menstrual_day",
    "initialtreatment": "initial_treatment_day",
    "lastseen": "last_seen_day",
    "lastxray": "last_xray_day",
    "assumedcare": "assumed_care_day",
    "relinquishedcare": "relinquished_care_day",
    "orthodonticbanding": "orthodontic_banding_day",
}
_STAYS = frozenset({"admissionperiod", "admissiondates", "admission", "hospitalized", "admissiondate"})
_DISCHARGES = frozenset({"dischargedates", "dischargedate", "discharge"})
_FAMILIES = {
    "conditioncode": "condition",
    "condition": "condition",
    "occurrencecode": "occurrence",
    "occurrence": "occurrence",
    "occurrencespan": "occurrence_span",
    "occurrencespancode": "occurrence_span",
    "valuecode": "value",
    "value": "value",
    "treatmentcode": "treatment",
}
_ROLES = {"patientreasonforvisit": ("reason_for_visit", "APR"), "externalcause": ("external_cause", "ABN")}
_CATEGORY = re.compile(r"[^a-z0-9]")


class Information:
    """What the supporting information adds to a claim: fields by name, and parts."""

    def __init__(self) -> None:
        self.fields: dict[str, Any] = {}
        self.codes: list[ClaimCode] = []
        self.diagnoses: list[Diagnosis] = []
        self.notes: list[Note] = []
        self.attachments: list[Attachment] = []

    def put(self, name: str, value: object) -> None:
        """Sets a field unless it has a value; the first one said counts."""
        if value not in (None, "") and not self.fields.get(name):
            self.fields[name] = value


def information(claim: Cursor, *, institutional: bool) -> Information:
    """Reads every entry whose category is known; others are none of a claim's business."""
    made = Information()
    for entry in claim.children("supportingInfo"):
        for category in _categories(entry):
            if _read(entry, category, made):
                break
    if institutional:
        for coding in claim.codings("subType"):
            bill_type(coding.text("code"), made)
    return made


def bill_type(text: str, made: Information) -> bool:
    """Facility code and frequency code from a type of bill of two to four characters."""
    parts = _TYPE_OF_BILL.match(upper(text))
    if parts is None:
        return False
    made.put("facility_code", parts[1])
    made.put("frequency_code", parts[2] or "")
    return True


def _categories(entry: Cursor) -> list[str]:
    codes = [coding.text("code") for coding in entry.codings("category")]
    return [_CATEGORY.sub("", code.lower()) for code in codes if code]


def _read(entry: Cursor, category: str, made: Information) -> bool:
    """Reads ``entry`` as ``category``; false when it is not one that we know."""
    if category in _TEXTS:
        made.put(_TEXTS[category], _said(entry))
        return True
    if category in _DAYS:
        made.put(_DAYS[category], _timing(entry)[0][0])
        return True
    if category in _FAMILIES:
        made.codes.append(_claim_code(entry, _FAMILIES[category]))
        return True
    if category in _ROLES:
        _diagnosis(entry, category, made)
        return True
    reader = _READERS.get(category) or (
        _stay if category in _STAYS else _discharge if category in _DISCHARGES else None
    )
    if reader is not None:
        reader(entry, made)
    return reader is not None


def _said(entry: Cursor) -> str:
    """The code, else the text, of an entry."""
    code = entry.code("code")
    return upper(code) if code else entry.text("valueString")


def _timing(entry: Cursor) -> tuple[tuple[date | None, str], tuple[date | None, str]]:
    """First and last day of an entry, each with its time (HHMM)."""
    if entry.has("timingDate"):
        return entry.moment("timingDate"), (None, "")
    period = entry.child("timingPeriod")
    return ((None, ""), (None, "")) if period is None else (period.moment("start"), period.moment("end"))


def _type_of_bill(entry: Cursor, made: Information) -> None:
    code = _said(entry)
    if not bill_type(code, made) and code:
        says = f"{code[:20]} is not a type of bill."
        entry.say("code", says, expected="three or four characters, such as 0131", found=code[:20], severity="warning")


def _stay(entry: Cursor, made: Information) -> None:
    (admitted, at), (left, until) = _timing(entry)
    made.put("admission_day", admitted)
    made.put("admission_hour", at)
    made.put("discharge_day", left)
    made.put("discharge_hour", until)


def _discharge(entry: Cursor, made: Information) -> None:
    (day, at), _ = _timing(entry)
    made.put("discharge_day", day)
    made.put("discharge_hour", at)
    made.put("discharge_status", upper(entry.code("code")))


def _claim_code(entry: Cursor, family: str) -> ClaimCode:
    (first, _), (last, _) = _timing(entry)
    quantity = entry.child("valueQuantity")
    amount = None if quantity is None else quantity.number("value")
    return ClaimCode(
        family=family,
        code=upper(entry.code("code")),
        day=first,
        end_day=last,
        amount_cents=None if quantity is None or amount is None else quantity.in_cents(amount, "value"),
        origin=Origin(path=entry.path),
    )


def _diagnosis(entry: Cursor, category: str, made: Information) -> None:
    coded = icd(entry, "code")
    if coded is None:
        return
    role, qualifier = _ROLES[category]
    position = 1 + sum(one.role == role for one in made.diagnoses)
    origin = Origin(path=entry.path)
    made.diagnoses.append(Diagnosis(position=position, code=coded.code, role=role, qualifier=qualifier, origin=origin))


def _note(entry: Cursor, made: Information) -> None:
    text = entry.text("valueString")
    if text:
        made.notes.append(Note(qualifier="ADD", text=text))


def _attachment(entry: Cursor, made: Information) -> None:
    attached = entry.child("valueAttachment")
    reference = entry.child("valueReference")
    number = (reference.text("display") or reference.text("reference")) if reference is not None else ""
    title = attached.text("title") if attached is not None else entry.text("valueString")
    kind = upper(entry.code("code"))
    made.attachments.append(Attachment(report_type=kind, control_number=number or title))


def _paid(entry: Cursor, made: Information) -> None:
    quantity = entry.child("valueQuantity")
    amount = None if quantity is None else quantity.number("value")
    if quantity is not None and amount is not None:
        made.put("patient_paid_cents", quantity.in_cents(amount, "value"))


_READERS: dict[str, Callable[[Cursor, Information], None]] = {
    "typeofbill": _type_of_bill,
    "tob": _type_of_bill,
    "info": _note,
    "freeformmessage": _note,
    "attachment": _attachment,
    "additionalinformation": _attachment,
    "patientpaid": _paid,
    "patientpaidamount": _paid,
}
