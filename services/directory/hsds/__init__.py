"""Human Services Data Specification 3.0 (Open Referral): the directory as others exchange it."""
