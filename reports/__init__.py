"""What is shown of a study: sections for pages and reports, and the report in markdown."""
