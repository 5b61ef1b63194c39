"""The reader from bytes to claims: envelope, versions, findings and where they go, memory."""

from __future__ import annotations

import io
import tracemalloc

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from samples import BILLING, CLAIM, GS, HEADER, ISA, SAMPLES, SUBSCRIBER, read, rules, sample, whole, wrap

from engine.intake.reading import IntakeFinding, ReadClaim
from engine.intake.x12 import reader

ST = b"ST*837*0001*005010X222A1~\n"


def outside(data: bytes) -> list[tuple[str, str]]:
    return [(finding.rule, finding.at.element) for finding in read(data)[1]]


def test_a_right_file_has_nothing_outside_its_claims():
    assert outside(whole()) == []


@pytest.mark.parametrize("name", sorted(path.name for path in SAMPLES.glob("*.837")))
def test_samples(name: str):
    claims, findings = read(sample(name))
    assert len(claims) == sample(name).count(b"CLM*")
    assert findings == []


def test_reading_is_lazy_and_claim_by_claim():
    class Endless(io.RawIOBase):
        def __init__(self) -> None:
            self.head = wrap([*HEADER, *BILLING, *SUBSCRIBER]).partition(b"SE*")[0]
            self.claim = "".join(f"{text}~\n" for text in CLAIM).encode()

        def read(self, size: int = -1) -> bytes:
            head, self.head = self.head, b""
            return head or self.claim * max(1, size // len(self.claim))

    stream = reader.read_x12(Endless(), "endless")  # type: ignore[arg-type]
    assert sum(isinstance(next(stream), ReadClaim) for _ in range(500)) > 490


def test_memory_does_not_grow_with_the_file():
    body = "".join(f"{text}~\n" for text in CLAIM).encode()

    class Long(io.RawIOBase):
        left = 4_000_000
        head = wrap([*HEADER, *BILLING, *SUBSCRIBER]).partition(b"SE*")[0]

        def read(self, size: int = -1) -> bytes:
            if self.head:
                head, self.head = self.head, b""
                return head
            if self.left <= 0:
                return b""
            self.left -= size
            return body * max(1, size // len(body))

    tracemalloc.start()
    count = sum(1 for _ in reader.read_x12(Long(), "long"))  # type: ignore[arg-type]
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert count > 20_000
    assert peak < 12_000_000


@pytest.mark.parametrize(
    ("old", "new", "found"),
    [
        (b"IEA*1*000000001", b"IEA*1*000000002", ("INT-0002", "IEA02")),
        (b"GE*1*1", b"GE*1*7", ("INT-0002", "GE02")),
        (b"*0001~\nGE", b"*0009~\nGE", ("INT-0002", "SE02")),
        (b"IEA*1*", b"IEA*2*", ("INT-0003", "IEA01")),
        (b"GE*1*1", b"GE*4*1", ("INT-0003", "GE01")),
        (b"SE*", b"SE*9", ("INT-0003", "SE01")),
        (b"GE*1*1", b"GE**1", ("INT-0003", "GE01")),
        (b"GE*1*1", b"GE*X*1", ("INT-0003", "GE01")),
    ],
)
def test_envelope(old: bytes, new: bytes, found: tuple[str, str]):
    assert outside(whole().replace(old, new)) == [found]


def test_count_says_what_was_read():
    (finding,) = read(whole().replace(b"SE*23*", b"SE*22*"))[1]
    assert finding.says == "SE01 says 22 segments; 23 were read."
    assert (finding.expected, finding.found, finding.at.loop) == ("23", "22", "ST")


def test_group_numbers_may_have_leading_zeros():
    assert outside(whole().replace(b"GE*1*1", b"GE*1*0001")) == []


@pytest.mark.parametrize("trailer", [b"SE*23*0001~\n", b"GE*1*1~\n", b"IEA*1*000000001~\n"])
def test_missing_trailer(trailer: bytes):
    claims, findings = read(whole().replace(trailer, b""))
    assert len(claims) == 1
    assert rules(findings) == ["INT-0017"]


def test_cut_file():
    data = whole()
    claims, findings = read(data[: data.index(b"DTP*472") + 9])
    assert len(claims) == 1
    assert "INT-0017" in rules(claims[0].findings)
    assert [f.says for f in findings] == ["The file ends without SE, GE and IEA; something may be lost."]


def test_trailers_that_close_nothing():
    assert [rule for rule, _ in outside(whole() + b"GE*1*1~\nIEA*1*1~\n")] == ["INT-0017", "INT-0017"]


@pytest.mark.parametrize("version", ["005010X222", "005010X222A1", "005010X222A2"])
def test_supported_professional_versions(version: str):
    claims, findings = read(whole().replace(b"005010X222A1", version.encode()))
    assert findings == []
    assert claims[0].claim.claim_type == "professional"


@pytest.mark.parametrize(
    ("version", "kind"),
    [
        ("005010X223A1", "institutional"),
        ("005010X223A3", "institutional"),
        ("005010X224A3", "dental"),
        ("005010X224", "dental"),
    ],
)
def test_claim_type_is_that_of_the_version(version: str, kind: str):
    claims, findings = read(whole().replace(b"005010X222A1", version.encode()))
    assert findings == []
    assert claims[0].claim.claim_type == kind


@pytest.mark.parametrize(
    ("version", "kind"),
    [
        ("004010X098A1", "professional"),
        ("004010X096A1", "institutional"),
        ("004010X097A1", "dental"),
        ("005010X222A9", "professional"),
        ("006020X323", "professional"),
        ("", "professional"),
    ],
)
def test_other_versions_are_read_with_a_finding(version: str, kind: str):
    claims, findings = read(whole().replace(b"005010X222A1", version.encode()))
    assert rules(findings) == ["INT-0004"]
    assert claims[0].claim.claim_type == kind
    assert not [f for f in claims[0].findings if f.rule != "INT-0005"]


def test_version_of_the_group_serves_when_the_set_has_none():
    claims, findings = read(whole().replace(ST, b"ST*837*0001~\n"))
    assert claims[0].claim.claim_type == "professional"
    assert "INT-0004" not in rules(findings)


def test_set_and_group_that_name_different_versions():
    claims, findings = read(whole().replace(ST, b"ST*837*0001*005010X223A2~\n"))
    assert claims[0].claim.claim_type == "institutional"
    assert rules(findings) == ["INT-0004"]


def test_version_in_ref_87_of_4010():
    data = (
        whole()
        .replace(b"005010X222A1", b"004010X096A1")
        .replace(ST.replace(b"005010X222A1", b"004010X096A1"), b"ST*837*0001~\n")
    )
    claims, _ = read(data.replace(b"0930*CH~\n", b"0930*CH~\nREF*87*004010X097~\n"))
    assert claims[0].claim.claim_type == "dental"


@pytest.mark.parametrize(
    ("service", "place", "kind"),
    [
        ("SV2*0300*HC:1*1*UN*1", "13:A:1", "institutional"),
        ("SV3*AD:D1*1", "11:B:1", "dental"),
        ("SV1*HC:1*1", "11:B:1", "professional"),
        ("NTE*ADD*X", "13:A:1", "institutional"),
    ],
)
def test_without_version_the_content_tells(service: str, place: str, kind: str):
    data = wrap(
        [*HEADER, *BILLING, *SUBSCRIBER, f"CLM*1*1***{place}", "LX*1", service],
        gs="GS*HC*A*B*20260101*1200*1*X",
        st="ST*837*0001",
    )
    claims, findings = read(data)
    assert claims[0].claim.claim_type == kind
    assert rules(findings) == ["INT-0004"]


def test_other_transaction_sets_are_skipped():
    other = b"ST*835*0002~\nBPR*I*1~\nLX*1~\nCLP*A*1*10*10~\nSVC*HC:99213*10*10~\nSE*6*0002~\n"
    data = whole().replace(b"GE*1*1", other + b"GE*2*1")
    claims, findings = read(data)
    assert len(claims) == 1
    assert [(f.rule, f.severity, f.says) for f in findings] == [("INT-0004", "info", "ST 835 is not a claim; skipped.")]


def test_a_damaged_set_number_loses_no_claim():
    claims, findings = read(whole().replace(b"ST*837*", b"ST*83*"))
    assert len(claims) == 1
    assert rules(findings) == ["INT-0004"]


@pytest.mark.parametrize(
    "gone", [b"ST*", b"GS*", b"ISA*", b"SE*", b"HL*1", b"HL*2", b"SBR", b"LX", b"SV1", b"NM1*85", b"NM1*IL", b"BHT"]
)
def test_a_claim_is_read_whatever_segment_is_missing(gone: bytes):
    kept = [text for text in whole().split(b"~\n") if not text.startswith(gone)]
    claims, _ = read(b"~\n".join(kept))
    assert len(claims) == 1
    assert claims[0].claim.patient_control_number == "A1"


def test_claims_outside_any_set_are_read():
    extra = "".join(f"{text}~\n" for text in CLAIM).encode()
    claims, findings = read(whole().replace(b"GE*1*1", extra + b"GE*1*1"))
    assert len(claims) == 2
    assert "INT-0005" in rules(findings)
    assert claims[1].claim.subscriber.member_id == ""


def test_transactions_are_counted_over_the_file():
    claims, _ = read(whole() + whole())
    assert [item.claim.source.transaction for item in claims] == [1, 2]
    assert claims[1].claim.source.segment == claims[0].claim.source.segment + len(whole().split(b"~\n")) - 1


def test_findings_of_shared_levels_stand_on_every_claim_beneath():
    data = whole(*CLAIM).replace(b"HL*2*1*22", b"HL*2*8*22")
    claims, findings = read(data)
    assert findings == []
    for item in claims:
        assert [f.at.element for f in item.findings if f.rule == "INT-0013"] == ["HL02"]


def test_findings_of_a_claim_stand_on_that_claim_only():
    claims, _ = read(whole("ZZZ*1", *CLAIM))
    assert ["INT-0005" in rules(item.findings) for item in claims] == [True, False]
    (finding,) = [f for f in claims[0].findings if f.rule == "INT-0005"]
    assert (finding.at.loop, finding.at.line) == ("2400", 1)


def test_levels_without_claims_are_reported_outside():
    data = wrap([*HEADER, *BILLING, "HL*9*1*22*0", "SBR*P*18"])
    claims, findings = read(data)
    assert claims == []
    assert "INT-0013" in rules(findings)


def test_patient_level_that_was_announced_and_never_came():
    data = whole().replace(b"HL*2*1*22*0", b"HL*2*1*22*1")
    _, findings = read(data)
    assert [(f.rule, f.at.element) for f in findings] == [("INT-0013", "HL04")]


def test_raw_segments_of_a_claim():
    claims, _ = read(sample("secondary.837"), keep_raw=True)
    raw = claims[0].raw
    texts = [text.strip() for text in sample("secondary.837").decode().split("~")]
    assert [index for index, _, _ in raw] == sorted(index for index, _, _ in raw)
    assert all(texts[index] == text for index, _, text in raw)
    assert {
        "ST",
        "1000A",
        "2000A",
        "2010AA",
        "2000B",
        "2010BA",
        "2010BB",
        "2000C",
        "2010CA",
        "2300",
        "2320",
        "2330A",
        "2400",
        "2430",
    } <= {loop for _, loop, _ in raw}
    assert read(sample("secondary.837"))[0][0].raw == ()


def test_raw_holds_no_other_claim():
    claims, _ = read(whole(*CLAIM), keep_raw=True)
    assert [sum(text.startswith("CLM") for _, _, text in item.raw) for item in claims] == [1, 1]


def test_levels_are_read_anew():
    other = [text.replace("*M1", "*M2").replace("HL*2", "HL*3") for text in SUBSCRIBER]
    claims, _ = read(wrap([*HEADER, *BILLING, *SUBSCRIBER, *CLAIM, *CLAIM, *other, *CLAIM]))
    assert [item.claim.subscriber.member_id for item in claims] == ["M1", "M1", "M2"]


def test_the_patient_of_one_claim_is_not_that_of_the_next():
    patient = ["HL*3*2*23*0", "PAT*19", "NM1*QC*1*CHILD*X"]
    again = [text.replace("HL*2*", "HL*4*") for text in SUBSCRIBER]
    claims, _ = read(wrap([*HEADER, *BILLING, *SUBSCRIBER, *CLAIM, *patient, *CLAIM, *again, *CLAIM]))
    assert [(item.claim.patient.last_name, item.claim.patient.is_subscriber) for item in claims] == [
        ("RIVERA", True),
        ("CHILD", False),
        ("RIVERA", True),
    ]


def test_elements_are_checked_against_the_guide():
    claims, _ = read(whole().replace(b"NM1*85*2*NORTH CLINIC*****XX*1999999984", b"NM1*85*2*NORTH CLINIC*****XX*19"))
    assert claims[0].findings


@pytest.mark.parametrize("charge", ["12.345", "1o0"])
@pytest.mark.parametrize(
    ("body", "element"),
    [
        (["CLM*A1*{}***11:B:1*Y*A*Y*Y", "LX*1", "SV1*HC:99213*100*UN*1***1"], "CLM02"),
        (["CLM*A1*100***11:B:1*Y*A*Y*Y", "LX*1", "SV1*HC:99213*{}*UN*1***1"], "SV102"),
        (["CLM*A1*100***11:A:1**A*Y*Y", "LX*1", "SV2*0300*HC:80053*{}*UN*1"], "SV203"),
        (["CLM*A1*100***11:B:1*Y*A*Y*Y", "LX*1", "SV3*AD:D1110*{}****1"], "SV302"),
    ],
)
def test_a_value_of_no_type_is_reported_without_a_version_too(charge: str, body: list[str], element: str):
    data = "".join(f"{text}~\n" for text in body).format(charge).encode()
    (item,), _ = read(data)
    assert [(f.rule, f.at.element, f.found) for f in item.findings if f.rule == "INT-0010"] == [
        ("INT-0010", element, charge)
    ]
    assert {f.rule for f in item.findings} == {"INT-0001", "INT-0005", "INT-0010"}


def test_what_a_version_decides_is_not_reported_without_one():
    (item,), _ = read(b"CLM*A1*100~\nREF*ZZ*1~\nLX*1~\nSV1*HC:99213*100*UN*1~\n")
    assert {f.rule for f in item.findings} == {"INT-0001", "INT-0005"}


def test_two_readings_are_equal():
    assert read(sample("institutional.837")) == read(sample("institutional.837"))


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_damaged_bytes_never_raise(data: st.DataObject):
    name = data.draw(st.sampled_from(sorted(path.name for path in SAMPLES.glob("*.837"))))
    damaged = bytearray(sample(name))
    for _ in range(data.draw(st.integers(1, 6))):
        at = data.draw(st.integers(0, len(damaged)))
        cut = data.draw(st.integers(0, 60))
        damaged[at : at + cut] = data.draw(
            st.binary(max_size=10) | st.sampled_from([b"~", b"*", b":", b"~\nCLM*", b"~HL*", b"ISA*"])
        )
    for item in reader.read_x12(io.BytesIO(bytes(damaged)), name):
        assert isinstance(item, (ReadClaim, IntakeFinding))


@settings(max_examples=100, deadline=None)
@given(st.permutations([*HEADER, *BILLING, *SUBSCRIBER, *CLAIM, *CLAIM]))
def test_any_order_of_segments_gives_every_claim(texts: list[str]):
    claims, _ = read(wrap(texts))
    assert len(claims) == 2


def test_sample_envelope_is_right():
    assert len(ISA) == 105
    assert GS.count("*") == 8
