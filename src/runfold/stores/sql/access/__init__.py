"""The part of the SQL store that keeps users, their credentials, and what is granted to them."""
