-- Whether a password is long enough to be all that is asked of its owner, as far as that is known: the hash does not say.
ALTER TABLE password_credentials ADD COLUMN does_alone boolean;

-- Who has no second factor chose a password by the rules for an only one.
UPDATE password_credentials SET does_alone = true
WHERE NOT EXISTS (SELECT FROM totp_credentials WHERE totp_credentials.user_id = password_credentials.user_id)
    AND NOT EXISTS (SELECT FROM webauthn_credentials WHERE webauthn_credentials.user_id = password_credentials.user_id);
