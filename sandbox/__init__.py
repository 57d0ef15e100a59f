"""A stand-in for Stripe and a mailbox, so that everything runs with no account and no key."""
