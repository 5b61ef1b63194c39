# ruff: noqa: E501 -- rows of official files are long
"""A small hand-made file of every official layout. Codes are a few numbers; descriptors are invented or absent."""

import io
import zipfile
from pathlib import Path

NOTICE = "CPT only copyright 2023 American Medical Association.  All rights reserved."
AOC_HEADER = (
    "AOC_Edit_Type", "Add-On_Code", "AOC_DelDT", "Primary_Code", "Primary_Code_DelDT", "AOC_Edit_EffDT",
    "AOC_Edit_DelDT", "Special_Instruction_Notes",
)  # fmt: skip
MPFS_2025 = """\
,,2025 National Physician Fee Schedule Relative Value File October Release,,,,,,,,,,,,,,,,,,,,,,,,,,,,
,,CPT codes and descriptions only are copyright 2024 American Medical Association.  All Rights Reserved.,,,,,,,,,,,,,,,,,,,,,,,,,,,,
,,RELEASED 09/11/2025,,,,,,,,,,,,,,,,,,,,,,,,,,,,
,, , ,,,,,,,,,,,,,,,,,,,,,,,,,NON-FACILITY,FACILITY,
,,,,NOT USED,,,,,,,,,,,,,,,,,,,,,PHYSICIAN,,DIAGNOSTIC,PE USED,PE USED,MP USED
,,,,FOR,,,NON-FAC,,FACILITY ,,,,,,,,,,,,,,,,SUPERVISION OF,,IMAGING,FOR OPPS,FOR OPPS,FOR OPPS
,,,STATUS,MEDICARE ,WORK,NON-FAC,NA,FACILITY,NA,MP,NON-FACILITY,FACILITY,PCTC,GLOB,PRE,INTRA,POST,MULT,BILAT,ASST,CO-,TEAM,ENDO,CONV,DIAGNOSTIC,CALCULATION,FAMILY,PAYMENT,PAYMENT,PAYMENT
HCPCS,MOD,DESCRIPTION,CODE,PAYMENT,RVU,PE RVU,INDICATOR,PE RVU,INDICATOR,RVU,TOTAL,TOTAL,IND,DAYS,OP,OP,OP,PROC,SURG,SURG,SURG,SURG,BASE,FACTOR,PROCEDURES,FLAG,INDICATOR,AMOUNT,AMOUNT,AMOUNT
"""
MPFS_2026 = (
    MPFS_2025.replace("2025", "2026")
    .replace("October", "July")
    .replace(",CO-,TEAM,ENDO,", ",CO-,TEAM,PRIC,ENDO,")
    .replace("SURG,SURG,SURG,SURG,BASE", "SURG,SURG,SURG,SURG,IND,BASE")
    .replace("NON-FACILITY,FACILITY,\n", ",NON-FACILITY,FACILITY,\n")
    .replace("PHYSICIAN,,DIAG", ",PHYSICIAN,,DIAG")
    .replace(",SUPERVISION OF", ",,SUPERVISION OF")
)


def lines(*rows, end="\r\n"):
    return "".join(row + end for row in rows)


def ptp(*rows):
    head = (
        NOTICE + "\t" * 6,
        "Column1/Column2 Edits" + "\t" * 6,
        "Column 1\tColumn 2\t*=in existence\tEffective\tDeletion\tModifier\tPTP Edit Rationale",
        "\t\tprior to 1996\tDate\tDate\t0=not allowed\t",
        "\t\t\t\t*=no data\t1=allowed\t",
        "\t\t\t\t\t9=not applicable\t",
    )
    return lines(*head, *rows).encode()


PTP_ROWS = (
    "G0001\tG0002\t\t20200101\t*\t1\tMisuse of Column Two code",
    "G0001\tG0003\t\t20200101\t20211231\t0\tMisuse of Column Two code",
    "G0001\tG0003\t\t20230101\t*\t1\tMisuse of Column Two code",
    "G0001\tG0004\t*\t19960101\t19960101\t9\tMisuse of Column Two code",
)


def mue(*rows, service="Practitioner Services"):
    head = f'"{NOTICE}\n\nCPT\xae is a registered trademark.\n",,,\r\n"HCPCS/\nCPT Code",{service} MUE Values,'
    return (head + lines("MUE Adjudication Indicator,MUE Rationale", *rows)).encode("cp1252")


MUE_ROWS = ("G0001,1,2 Date of Service Edit: Policy,CMS Policy", "G0002,0,3 Date of Service Edit: Clinical,CMS Policy")


def hcpcs_line(code, record, long, short="", coverage="", added="", ended=""):
    buffer = [" "] * 320
    cells = ((1, code.rjust(5)), (6, "00100"), (11, record), (12, long), (92, short), (230, coverage), (269, added))
    for start, text in (*cells, (285, ended), (293, "N" if record in "37" else "")):
        buffer[start - 1 : start - 1 + len(text)] = text
    return "".join(buffer)


HCPCS_ROWS = (
    hcpcs_line("A1", "7", "Invented modifier", "Invented", "C", "20020701"),
    hcpcs_line(
        "G0001", "3", "An invented service whose name is so long that it goes on".ljust(80), "Invented", "D", "20010101"
    ),
    hcpcs_line("G0001", "4", "in a second record"),
    hcpcs_line("G0002", "3", "An old service", "Old", "C", "19960101", "20191231"),
)
HCPCS_HEADER = (
    "HCPC,SEQNUM,RECID,LONG DESCRIPTION,SHORT DESCRIPTION,PRICE1,PRICE2,PRICE3,PRICE4,MULT_PI,CIM1,CIM2,CIM3,MCM1,MCM2,"
    "MCM3,STATUTE,LABCERT1,LABCERT2,LABCERT3,LABCERT4,LABCERT5,LABCERT6,LABCERT7,LABCERT8,XREF1,XREF2,XREF3,XREF4,"
    "XREF5,COV,ASC_GRP,ASC_DT,OPPS,OPPS_PI,OPPS_DT,PROCNOTE,BETOS,TOS1,TOS2,TOS3,TOS4,TOS5,ANEST_BU,ADD DT,ACT EFF DT,"
    "TERM DT,ACTION CD"
)


def hcpcs_cells(code, record, long, added, ended=""):
    return [code, "0010", record, long, "short", *[""] * 25, "C", *[""] * 13, added, added, ended, "N"]


def workbook(sheet, rows):
    """A workbook as spreadsheets write it: shared strings for text, bare numbers, gaps left out."""
    strings = []
    body = []
    for number, row in enumerate(rows, start=1):
        cells = []
        for place, value in enumerate(row):
            reference = f"{'ABCDEFGHIJKLMNOPQRSTUVWXYZ'[place] if place < 26 else 'A' + chr(39 + place)}{number}"
            if isinstance(value, (int, float)):
                cells.append(f'<c r="{reference}"><v>{value}</v></c>')
            elif value:
                strings.append(value.replace("&", "&amp;").replace("<", "&lt;"))
                cells.append(f'<c r="{reference}" t="s"><v>{len(strings) - 1}</v></c>')
        if cells:
            body.append(f'<row r="{number}">{"".join(cells)}</row>')
    space = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    rel = 'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
    return zipped(
        {
            "[Content_Types].xml": "<Types/>",
            "xl/workbook.xml": f'<workbook {space} {rel}><sheets><sheet name="{sheet}" r:id="rId1"/></sheets></workbook>',
            "xl/_rels/workbook.xml.rels": '<Relationships><Relationship Id="rId1" Target="worksheets/sheet1.xml"/>'
            "</Relationships>",
            "xl/sharedStrings.xml": f"<sst {space}>"
            + "".join(f"<si><t>{each}</t></si>" for each in strings)
            + "</sst>",
            "xl/worksheets/sheet1.xml": f"<worksheet {space}><sheetData>{''.join(body)}</sheetData></worksheet>",
        }
    )


def zipped(members, day=(2026, 11, 20)):
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            about = zipfile.ZipInfo(name, (*day, 1, 2, 4))
            about.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(about, content)
    return data.getvalue()


AOC_ROWS = (
    ["1", "G0101", None, "G0001", None, "2013091", None, None],
    ["2", "G0102", None, "CCCCC", None, 2013091, None, "Contractor Defined Primary Codes"],
    ["3", "G0103", "2023365", "G0002", None, 2014001.0, "2022365", None],
)


def add_on(*rows):
    return workbook("AOC_V2024Q3-MCR", [[NOTICE], list(AOC_HEADER), *rows])


def mpfs_row(code, modifier="", status="A", glob="010", pric=()):
    cells = [code, modifier, "", status, "", "1.00", "2.00", "", "0.50", "NA", "0.10", "3.10", "1.60", "1", glob]
    cells += [
        "0.10",
        "0.80",
        "0.10",
        "2",
        "1",
        "0",
        "1",
        "0",
        *pric,
        "G0009",
        "32.3465",
        "09",
        "0",
        "99",
        "0",
        "0",
        "0",
    ]
    return ",".join(cells)


def order_row(number, code, billable, text):
    return f"{number:05} {code:<7} {billable} {text[:60]:<60} {text}"


ORDER_ROWS = (
    order_row(1, "A00", 0, "Cholera"),
    order_row(2, "A000", 1, "Cholera due to Vibrio cholerae 01, biovar cholerae"),
    order_row(3, "S52521A", 1, "Torus fracture of lower end of right radius, initial encounter for closed fracture"),
)
TABULAR = """\
<?xml version="1.0" encoding="utf-8"?>
<ICD10CM.tabular>
  <version>2026</version>
  <introduction><introSection type="title"><title>List</title></introSection></introduction>
  <chapter><name>1</name><desc>Certain diseases (A00-B99)</desc>
    <excludes2><note>carrier (Z22.-)</note><note>influenza (J00-J22)</note></excludes2>
    <sectionIndex><sectionRef first="A00" last="A09" id="A00-A09">Intestinal</sectionRef></sectionIndex>
    <section id="A00-A09"><desc>Intestinal infectious diseases (A00-A09)</desc>
      <diag><name>A00</name><desc>Cholera</desc>
        <sevenChrNote><note>One of these</note></sevenChrNote>
        <sevenChrDef><extension char="1">right &amp; eye</extension><extension char="2">left eye</extension></sevenChrDef>
        <diag><name>A00.0</name><desc>Cholera due to Vibrio cholerae 01</desc>
          <inclusionTerm><note>Classical cholera</note></inclusionTerm></diag>
      </diag>
    </section>
  </chapter>
</ICD10CM.tabular>
"""
TAXONOMY = lines(
    "Code,Grouping,Classification,Specialization,Definition,Notes,Display Name,Section",
    '207RE0101X,Allopathic & Osteopathic Physicians,Internal Medicine,"Endocrinology, Diabetes & Metabolism","A\nb",,E,I',
    "193200000X,Group,Multi-Specialty,,,,M,N",
)
POA = lines(
    "Order2020\tPOAexemptCode\tDescription", "01230\tB91\tSequelae", '04530\tE64.0\t"Sequelae, of malnutrition"'
)


def coverage(**changed):
    tables = {
        "article": "article_id,article_version,title,article_eff_date,article_end_date,date_retired,description,display_id\r\n"
        '"50001","3","Invented ""article""","2026-01-15 00:00:00","","2026-09-30 00:00:00","<p>long\ntext, ""x""</p>","A50001"\r\n',
        "article_x_hcpc_code": lines(
            "article_id,article_version,hcpc_code_id,hcpc_code_version,hcpc_code_group,range,last_updated",
            "50001,3,G0001,1,1,,2026-07-01",
            "50001,3,XX000,1,2,,2026-07-01",
            "50009,1,G0001,1,1,,2026-07-01",
        ),
        "article_x_icd10_covered": lines(
            "article_id,article_version,icd10_code_id,icd10_code_version,icd10_covered_group,range,last_updated,sort_order,"
            "description,asterisk",
            "50001,3,A18.84,1,1,B,2026,1,x,N",
            "50001,3,I10,1,1,E,2026,2,x,Y",
        ),
        "article_x_icd10_noncovered": lines(
            "article_id,article_version,icd10_code_id,icd10_code_version,icd10_noncovered_group,range,last_updated",
            "50001,3,XX000,1,1,,2026",
            "50001,3,Z00.00,1,1,,2026",
        ),
        "article_x_contractor": lines(
            "article_id,article_version,article_type,contractor_id,contractor_type_id,contractor_version",
            "50001,3,6,10,12,1",
            "50001,3,6,11,12,1",
        ),
        "contractor": lines(
            "contractor_id,contractor_type_id,contractor_version,contractor_bus_name,contractor_number",
            "10,12,1,One,13101",
            "11,12,1,Two,13201",
        ),
        "contractor_jurisdiction": lines(
            "contractor_id,contractor_type_id,contractor_version,state_id,term_date",
            "10,12,1,7,",
            "10,12,1,8,2020-01-01",
            "11,12,1,65,",
        ),
        "state_lookup": lines("state_id,state_abbrev,description", "7,CT,C", "8,ME,M", "65,UN,New York - Upstate"),
    } | changed
    inner = zipped({f"{name}.csv": content for name, content in tables.items() if content is not None})
    return zipped({"current_article_csv.zip": inner, "readme_first.txt": "see the data dictionary"})


def hcpcs_sheet():
    rows = [hcpcs_cells("A1", "7", "Invented", 20020701), hcpcs_cells("G0001", "3", "Invented, too", "20010101")]
    return lines(HCPCS_HEADER, *[",".join(f'"{cell}"' for cell in row) for row in rows]).encode()


SAMPLES = {
    "ptp": ("ccipra-v302r0-f1.TXT", ptp(*PTP_ROWS)),
    "mue": ("MCR_MUE_PractitionerServices_Eff_07-01-2024.csv", mue(*MUE_ROWS)),
    "add-on": ("AOC_V2024Q3-MCR.xlsx", add_on(*AOC_ROWS)),
    "hcpcs": ("HCPC2024_JUL_ANWEB.txt", lines(*HCPCS_ROWS).encode()),
    "hcpcs-csv": ("HCPC2026_OCT_ANWEB.csv", hcpcs_sheet()),
    "mpfs": ("PPRRVU2025_Oct.csv", (MPFS_2025 + mpfs_row("G0001") + "\n" + mpfs_row("G0002", "26") + "\n").encode()),
    "order": ("icd10cm-order-2026.txt", lines(*ORDER_ROWS).encode()),
    "tabular": ("icd10cm-tabular-2026.xml", TABULAR.encode()),
    "taxonomy": ("nucc_taxonomy_251.csv", TAXONOMY.encode()),
    "poa": ("POAexemptCodes2020.txt", POA.encode()),
    "coverage": ("current_article.zip", coverage()),
}
TEXTS = ("ptp", "mue", "hcpcs", "hcpcs-csv", "mpfs", "order", "taxonomy", "poa")


def write(folder: Path, name: str, data: bytes) -> Path:
    path = folder / name
    path.write_bytes(data)
    return path
