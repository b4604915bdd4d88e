-- Whether a sign-in at a provider is to prove who somebody is now: then what the provider remembers does not do.
ALTER TABLE oidc_states ADD COLUMN again boolean NOT NULL DEFAULT false;
