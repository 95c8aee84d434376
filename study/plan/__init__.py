"""What a study declares and the tables it names."""
