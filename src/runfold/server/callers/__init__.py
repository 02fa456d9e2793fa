"""Who calls: by name and password, token, session or an identity provider."""
