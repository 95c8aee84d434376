"""The facts that the report states."""
