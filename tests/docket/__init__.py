"""The docket."""
