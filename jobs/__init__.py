"""What happens later: reactions to events, and work by the clock. RQ is the doorbell; the log in
PostgreSQL is what is owed."""
