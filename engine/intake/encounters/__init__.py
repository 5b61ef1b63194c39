"""Bytes to documented encounters: native JSON and FHIR R4 Bundles."""
