"""The part of the SQL store that keeps the audit."""
