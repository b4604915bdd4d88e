"""Sign-in with accounts at OpenID providers: `begin_sign_in` sends people there, `finish_sign_in` takes them back."""
