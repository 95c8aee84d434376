"""The contracts of tables: their columns and the rules that check them."""
