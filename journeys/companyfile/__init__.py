"""A company in one file: ``company.yml`` read and checked, put into the database, read back out of it."""
